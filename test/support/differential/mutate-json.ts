/**
 * Mutations of LUKS2 metadata that keep them JSON: members go, come, change type or value, or are
 * said twice. Numbers beyond those of JavaScript are written by way of a mark.
 */

import type { SeededRandom } from '../seeded-random.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Place = Readonly<{ parent: Json[] | { [name: string]: Json }; name: string }>;

/** Text that stands for itself once the document is written. */
const RAW = (text: string) => `@raw${text}raw@`;

const NUMBERS = [0, 1, 2, 3, 7, 16, 31, 32, 33, 63, 64, 512, 1000, 4000, 4096, 65536].concat([
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -1,
  -512,
]);
const TEXTS = ['', '0', '1', '2', '31', '32', '-1', '007', '1e3', ' 1', '1 ', '0x10', '512'].concat(
  [
    '4096',
    '16384',
    '32768',
    '65536',
    '131072',
    '1048576',
    '2097152',
    '9223372036854775807',
    '18446744073709551615',
    '18446744073709551616',
    ...['dynamic', 'raw', 'luks1', 'luks2', 'reencrypt', 'crypt', 'linear', 'pbkdf2', 'argon2i'],
    ...['argon2id', 'sha1', 'sha256', 'sha512', 'ripemd160', 'whirlpool', 'md5', 'SHA256', 'none'],
    ...['aes-xts-plain64', 'aes-cbc-essiv:sha256', 'aes-ecb', 'cipher_null-ecb', 'null', 'aes'],
    ...['serpent-xts-plain64', 'capi:xts(aes)-plain64', 'xchacha12,aes-adiantum-plain64'],
    ...['AAAA', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '=', '!!!!', 'ä', '\u0001', 'x\ny'],
    ...['online-reencrypt', 'online-reencrypt-v2', 'offline-reencrypt', 'backup-final', 'unknown'],
    ...['allow-discards', 'in-reencryption', 'no-journal', 'no-read-workqueue'],
  ],
);
const RAWS = ['1.5', '1e2', '-0', '00', '18446744073709551615', '9007199254740993', 'NaN', 'tru'];

/** Changes the document in one to three places, and returns it as text. */
export function mutateJson(text: string, random: SeededRandom): string {
  const root = JSON.parse(text) as Json; // a header that was made by cryptsetup
  for (let left = 1 + random.below(10) / 8; left >= 1; left -= 1) mutateOnce(root, random);
  const written = JSON.stringify(root).replaceAll(/"@raw(.*?)raw@"/g, (_all, raw: string) =>
    raw.replaceAll('\\"', '"'),
  );
  return mutateText(written, random);
}

type Mutation = (root: Json, place: Place, random: SeededRandom) => void;

/** Each as likely as the others. */
const MUTATIONS: readonly Mutation[] = [
  (_root, place) => remove(place),
  (_root, place, random) => write(place, nudged(read(place), random)),
  (_root, place, random) => write(place, nudged(read(place), random)),
  (_root, place, random) => write(place, ofSameType(read(place), random)),
  (_root, place, random) => write(place, anyValue(random)),
  (_root, place, random) => addMember(read(place) ?? null, random),
  (_root, place, random) => rename(place, random),
  (root, _place, random) => copy(root, random),
  (root, place, random) => swap(place, pick(placesOf(root), random) ?? place),
];

function mutateOnce(root: Json, random: SeededRandom): void {
  const place = pick(placesOf(root), random);
  if (place !== undefined) pick(MUTATIONS, random)?.(root, place, random);
}

function placesOf(value: Json): Place[] {
  if (value === null || typeof value !== 'object') return [];
  const names = Object.keys(value);
  return names.flatMap((name) => [
    { parent: value, name },
    ...placesOf(Array.isArray(value) ? (value[Number(name)] ?? null) : (value[name] ?? null)),
  ]);
}

function read({ parent, name }: Place): Json | undefined {
  return Array.isArray(parent) ? parent[Number(name)] : parent[name];
}

function write({ parent, name }: Place, value: Json): void {
  if (Array.isArray(parent)) parent[Number(name)] = value;
  else parent[name] = value;
}

function remove({ parent, name }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete parent[name];
}

function nudged(value: Json | undefined, random: SeededRandom): Json {
  const step = pick([1, -1, 2, 8, -8, 511, 512, -512, 4096, -4096, 2 ** 20, 2 ** 32], random) ?? 1;
  if (typeof value === 'number') return value + step;
  if (typeof value === 'string' && /^\d+$/.test(value)) return String(Number(value) + step);
  if (typeof value === 'string') return value.slice(0, Math.max(0, value.length - 1));
  return anyValue(random);
}

function ofSameType(value: Json | undefined, random: SeededRandom): Json {
  if (typeof value === 'number') return pick(NUMBERS, random) ?? 0;
  if (typeof value === 'string') return pick(TEXTS, random) ?? '';
  if (Array.isArray(value)) return Array.from({ length: random.below(4) }, () => anyText(random));
  return {};
}

function anyText(random: SeededRandom): string {
  return pick(TEXTS, random) ?? '';
}

function anyValue(random: SeededRandom): Json {
  const all: Json[] = [null, true, false, {}, [], ['0'], ['7'], [0], pick(NUMBERS, random) ?? 0];
  return pick([...all, anyText(random), RAW(pick(RAWS, random) ?? '0')], random) ?? null;
}

function addMember(value: Json, random: SeededRandom): void {
  const names = ['priority', 'flags', 'integrity', 'requirements', 'extra', '__proto__', '1', '31'];
  const name = pick([...names, '32', 'keyslots', 'segments', 'hash', 'backup'], random) ?? '';
  const added: Json = name === 'requirements' ? { mandatory: [anyText(random)] } : anyValue(random);
  if (Array.isArray(value)) value.push(added);
  else if (value !== null && typeof value === 'object')
    Object.defineProperty(value, name, { value: added, enumerable: true, configurable: true });
}

function rename(place: Place, random: SeededRandom): void {
  const value = read(place);
  if (Array.isArray(place.parent) || value === undefined) return;
  remove(place);
  const names = ['0', '1', '2', '5', '31', '32', '99', '-1', '00', 'a', '', `${place.name}x`];
  place.parent[pick(names, random) ?? ''] = value;
}

/** Puts a copy of an object beside it: a second keyslot, segment, digest or token. */
function copy(root: Json, random: SeededRandom): void {
  if (root === null || typeof root !== 'object' || Array.isArray(root)) return;
  const kind = root[pick(['keyslots', 'segments', 'digests', 'tokens'], random) ?? ''];
  if (kind === null || typeof kind !== 'object' || Array.isArray(kind)) return;
  const source = pick(Object.values(kind), random);
  if (source === undefined) return;
  kind[pick(['1', '2', '3', '5', '8', '31'], random) ?? '1'] = structuredClone(source);
}

function swap(a: Place, b: Place): void {
  const [first, second] = [structuredClone(read(a)), structuredClone(read(b))];
  if (first === undefined || second === undefined) return;
  write(a, second);
  write(b, first);
}

/** Seldom: something about the text itself. */
function mutateText(text: string, random: SeededRandom): string {
  if (random.below(8) !== 0) return text;
  const at = random.below(text.length);
  const put = (piece: string) => text.slice(0, at) + piece + text.slice(at);
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return put(
        pick([' ', '\n', ',', '"', '}', '/* */', '\\u0000', '\u00e4', '[', '0'], random) ?? '',
      );
    case 2:
      return text.replace(/"keyslots":\{/, '"keyslots":{},"keyslots":{');
    case 3:
      return `${text}${pick([' ', '\n', 'x', '{}', '\u0000x'], random)}`;
    case 4:
      return ` ${text}`;
    default:
      return text.slice(0, at) + String.fromCharCode(32 + random.below(95)) + text.slice(at + 1);
  }
}

function pick<T>(items: readonly T[], random: SeededRandom): T | undefined {
  return items[random.below(items.length)];
}
