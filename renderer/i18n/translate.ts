import { MESSAGES_EN, type MessageKey } from './messages-en.ts';

/** Returns the words of a key, with `{name}` replaced by the parameter of that name. */
export function t(
  key: MessageKey,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  return MESSAGES_EN[key].replaceAll(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(parameters[name] ?? placeholder),
  );
}
