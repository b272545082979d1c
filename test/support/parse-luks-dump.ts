/** What `cryptsetup luksDump` prints of a LUKS2 header, in the words of `lockline info --json`. */

type Fields = ReadonlyMap<string, string>;
type Objects = ReadonlyMap<number, Readonly<{ type: string; fields: Fields }>>;

/** Returns the fields that both programs print of a LUKS2 header. */
export function parseLuks2Dump(text: string) {
  const sections = sectionsOf(text);
  const head = fieldsOf(sections.get('') ?? []);
  const digests = objectsOf(sections.get('Digests') ?? []);
  return {
    version: Number(head.get('Version')),
    seqid: Number(head.get('Epoch')),
    headerBytes: bytesOf(head.get('Metadata area')),
    keyslotsAreaBytes: bytesOf(head.get('Keyslots area')),
    uuid: head.get('UUID'),
    label: textOf(head.get('Label')),
    subsystem: textOf(head.get('Subsystem')),
    flags: listOf(textOf(head.get('Flags'))),
    requirements: listOf(textOf(head.get('Requirements'))),
    segments: mapped(objectsOf(sections.get('Data segments') ?? []), ({ type, fields }) => ({
      type,
      offsetBytes: bytesOf(fields.get('offset')),
      sizeBytes: fields.get('length') === '(whole device)' ? null : bytesOf(fields.get('length')),
      encryption: fields.get('cipher'),
      sectorBytes: bytesOf(fields.get('sector')),
    })),
    keyslots: mapped(objectsOf(sections.get('Keyslots') ?? []), ({ type, fields }) => ({
      type: type.replace(' (unbound)', ''),
      keyBytes: bytesOf(fields.get('Key')) / 8,
      priority:
        { preferred: 'prefer', ignored: 'ignore' }[fields.get('Priority') ?? ''] ?? 'normal',
      kdf: kdfOf(fields),
      area: {
        offsetBytes: bytesOf(fields.get('Area offset')),
        sizeBytes: bytesOf(fields.get('Area length')),
        encryption: fields.get('Cipher'),
        keyBytes: bytesOf(fields.get('Cipher key')) / 8,
      },
      af: { stripes: Number(fields.get('AF stripes')), hash: fields.get('AF hash') },
      digestId: Number(fields.get('Digest ID')),
    })),
    tokens: mapped(objectsOf(sections.get('Tokens') ?? []), ({ type }) => ({ type })),
    digests: mapped(digests, ({ type, fields }) => ({
      type,
      hash: fields.get('Hash'),
      iterations: Number(fields.get('Iterations')),
    })),
  };
}

function kdfOf(fields: Fields) {
  const type = fields.get('PBKDF');
  if (type === 'pbkdf2')
    return { type, hash: fields.get('Hash'), iterations: Number(fields.get('Iterations')) };
  return {
    type,
    time: Number(fields.get('Time cost')),
    memoryKib: Number(fields.get('Memory')),
    cpus: Number(fields.get('Threads')),
  };
}

function sectionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>([['', []]]);
  let lines: string[] = sections.get('') ?? [];
  for (const line of text.split('\n')) {
    const title = /^([A-Z][A-Za-z ]+):\s*$/.exec(line)?.[1];
    if (title === undefined) {
      lines.push(line);
      continue;
    }
    lines = [];
    sections.set(title, lines);
  }
  return sections;
}

/** Objects begin with their number, two columns in; what belongs to them is behind a tab. */
function objectsOf(lines: readonly string[]): Objects {
  const objects = new Map<number, { type: string; lines: string[] }>();
  let current: { type: string; lines: string[] } | undefined;
  for (const line of lines) {
    const [, id, type] = /^ {2}(\d+): (.*)$/.exec(line) ?? [];
    if (id !== undefined && type !== undefined) {
      current = { type, lines: [] };
      objects.set(Number(id), current);
    } else current?.lines.push(line);
  }
  return new Map(
    [...objects].map(([id, object]) => [id, { type: object.type, fields: fieldsOf(object.lines) }]),
  );
}

function fieldsOf(lines: readonly string[]): Fields {
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const [, name, value] = /^\s*([A-Za-z][A-Za-z0-9 ]*):\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function mapped<T extends object>(
  objects: Objects,
  describe: (object: Readonly<{ type: string; fields: Fields }>) => T,
) {
  return [...objects].map(([id, object]) => ({ id, ...describe(object) }));
}

function bytesOf(text: string | undefined): number {
  return Number(/^\d+/.exec(text ?? '')?.[0]);
}

function textOf(text: string | undefined): string {
  return text === undefined || /^\(no .*\)$/.test(text) ? '' : text;
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/\s+/);
}
