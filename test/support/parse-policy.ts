/** Parses a content security policy into directive and sources; a directive twice is an error. */
export function parsePolicy(header: string): Readonly<Record<string, readonly string[]>> {
  const policy: Record<string, readonly string[]> = {};
  for (const part of header.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/);
    if (name in policy) throw new Error(`directive twice: ${name}`);
    policy[name] = sources;
  }
  return policy;
}
