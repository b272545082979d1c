import { displayText } from '../../../shared/display-text.ts';
import {
  KEY_NAME_LIMIT,
  type KeyInfo,
  type KeyList,
  keyNameSchema,
  keyslotIdSchema,
  keyslotPrioritySchema,
} from '../../../shared/model/keys.ts';
import { formatSize } from '../../../shared/units.ts';
import * as keys from '../../services/key-operations.ts';
import { withLastKeyConfirmed } from '../confirm-destruction.ts';
import { type KdfOptions, parseKdfOptions, toNumber } from '../kdf-options.ts';
import { formatTable, printResult } from '../output.ts';
import {
  type NewKeyOptions,
  obtainNewKey,
  obtainPassphrase,
  type PassphraseOptions,
} from '../passphrase-source.ts';
import { realContainerPath } from '../real-path.ts';
import { printRecoveryKey, saveRecoveryKey } from '../show-recovery-key.ts';
import { badArgument, badOption } from '../usage-error.ts';
import { withProgress } from '../with-progress.ts';

type Json = Readonly<{ json?: boolean }>;
type AddOptions = PassphraseOptions &
  NewKeyOptions &
  KdfOptions &
  Json &
  Readonly<{ name: string; recoveryOut?: string }>;
type ChangeOptions = PassphraseOptions &
  NewKeyOptions &
  KdfOptions &
  Json &
  Readonly<{ keyslot?: string }>;

/** `lockline key list`: the keys of a vault and what they cost. */
export async function list(file: string, options: Json): Promise<void> {
  const path = realContainerPath(file);
  const listed = await withProgress((progress) => keys.listKeys(path, progress));
  printResult(options.json, { path, ...listed }, formatKeys(listed));
}

/** `lockline key add`: another key for the vault, or a recovery key. */
export async function add(file: string, options: AddOptions): Promise<void> {
  const path = realContainerPath(file);
  const kdf = parseKdfOptions(options);
  const name = parseName(options.name);
  if (options.recoveryOut !== undefined && options.recovery !== true)
    throw badOption('--recovery-out', 'only with --recovery');
  using existing = await obtainPassphrase(options, 'existing');
  const { secret, kind } = await obtainNewKey(options);
  using added = secret;
  using sheet =
    options.recoveryOut === undefined ? undefined : saveRecoveryKey(options.recoveryOut, added);
  const { keyslotId } = await withProgress((progress) =>
    keys.addKey(path, { existing, added }, { kdf, kind, name }, progress),
  );
  sheet?.keep();
  const isShown = kind === 'recovery' && sheet === undefined;
  // JSON is text: here alone the words become a string, because they were asked for as one.
  const words = isShown ? { words: new TextDecoder().decode(added.bytes).split(' ') } : {};
  if (isShown && options.json !== true) printRecoveryKey(added);
  const text = `Added ${describeKind(kind)} in keyslot ${keyslotId}`;
  printResult(options.json, { path, keyslotId, kind, ...(options.json ? words : {}) }, text);
}

/** `lockline key change`: another passphrase in the same keyslot. */
export async function change(file: string, options: ChangeOptions): Promise<void> {
  const path = realContainerPath(file);
  const kdf = parseKdfOptions(options);
  const wanted = options.keyslot === undefined ? null : parseKeyslot(options.keyslot);
  using existing = await obtainPassphrase(options, 'existing');
  const { secret, kind } = await obtainNewKey(options);
  using added = secret;
  const { keyslotId } = await withProgress((progress) =>
    keys.changeKey(path, { existing, added }, { kdf, kind, keyslotId: wanted }, progress),
  );
  printResult(options.json, { path, keyslotId }, `Changed the key in keyslot ${keyslotId}`);
}

/** `lockline key test`: whether a key opens the vault, or one keyslot of it. */
export async function test(
  file: string,
  keyslot: string | undefined,
  options: PassphraseOptions & Json,
): Promise<void> {
  const path = realContainerPath(file);
  const wanted = keyslot === undefined ? null : parseKeyslot(keyslot);
  using secret = await obtainPassphrase(options, 'existing');
  const { keyslotId } = await withProgress((progress) =>
    keys.testKey(path, secret, wanted, progress),
  );
  printResult(options.json, { path, keyslotId }, `Keyslot ${keyslotId} opens with this key`);
}

/** `lockline key remove`: destroys the keyslot that a key opens. */
export async function remove(
  file: string,
  options: PassphraseOptions & Json & Readonly<{ confirm?: string }>,
): Promise<void> {
  const path = realContainerPath(file);
  using secret = await obtainPassphrase(options, 'existing');
  const { keyslotId } = await withLastKeyConfirmed(options.confirm, (mayBeLast) =>
    withProgress((progress) => keys.removeKey(path, secret, { mayBeLast }, progress)),
  );
  printResult(options.json, { path, keyslotId }, `Removed the key in keyslot ${keyslotId}`);
}

/** `lockline key kill`: destroys a keyslot by its number. */
export async function kill(
  file: string,
  keyslot: string,
  options: PassphraseOptions & Json & Readonly<{ confirm?: string }>,
): Promise<void> {
  const path = realContainerPath(file);
  const keyslotId = parseKeyslot(keyslot);
  using secret = await obtainPassphrase(options, 'existing');
  await withLastKeyConfirmed(options.confirm, (mayBeLast) =>
    withProgress((progress) => keys.killKey(path, secret, { keyslotId, mayBeLast }, progress)),
  );
  printResult(options.json, { path, keyslotId }, `Destroyed keyslot ${keyslotId}`);
}

/** `lockline key priority`: whether a keyslot is tried first, as usual, or only when named. */
export async function priority(
  file: string,
  keyslot: string,
  value: string,
  options: Json,
): Promise<void> {
  const path = realContainerPath(file);
  const wanted = keyslotPrioritySchema.safeParse(value);
  if (!wanted.success) throw badArgument('priority', keyslotPrioritySchema.options.join(', '));
  const { keyslotId } = await keys.prioritiseKey(path, parseKeyslot(keyslot), wanted.data);
  const result = { path, keyslotId, priority: wanted.data };
  printResult(options.json, result, `Keyslot ${keyslotId} has priority ${wanted.data}`);
}

/** `lockline key name`: the name of a key, kept in the header. */
export async function name(
  file: string,
  keyslot: string,
  text: string,
  options: Json,
): Promise<void> {
  const path = realContainerPath(file);
  const wanted = parseName(text);
  const { keyslotId } = await keys.nameKey(path, parseKeyslot(keyslot), wanted);
  const result = { path, keyslotId, name: wanted };
  printResult(options.json, result, `Keyslot ${keyslotId} is named ${wanted}`);
}

function parseKeyslot(text: string): number {
  const parsed = keyslotIdSchema.safeParse(toNumber(text, 'keyslot'));
  if (!parsed.success) throw badArgument('keyslot', '0 to 31');
  return parsed.data;
}

function parseName(text: string): string {
  const parsed = keyNameSchema.safeParse(text);
  if (!parsed.success || displayText(text) !== text)
    throw badArgument('name', `up to ${KEY_NAME_LIMIT} characters that can be shown`);
  return parsed.data;
}

function formatKeys({ keys: listed }: KeyList): string {
  const heading = ['Keyslot', 'Name', 'Kind', 'Date', 'Key derivation', 'Here', 'Opens on', ''];
  const rows = listed.map((key) => [
    String(key.keyslotId),
    key.label.name || '-',
    key.label.kind === 'unknown' ? '-' : key.label.kind,
    key.label.createdAt?.slice(0, 10) ?? '-',
    describeKdf(key),
    key.costMs === null ? '-' : `${(key.costMs / 1000).toFixed(1)} s`,
    key.opensOn.map((machine) => MACHINE_WORDS[machine]).join(', ') || '-',
    remarks(key),
  ]);
  return formatTable([heading, ...rows]);
}

const MACHINE_WORDS = {
  'this-machine': 'this machine',
  'laptop-4gib': '4 GiB laptop',
  phone: 'phone',
} as const satisfies Record<KeyInfo['opensOn'][number], string>;

function remarks(key: KeyInfo): string {
  const words = key.priority === 'normal' ? [] : [`priority ${key.priority}`];
  return (key.isBound ? words : [...words, 'does not open the volume']).join(', ');
}

function describeKdf({ kdf, type }: KeyInfo): string {
  if (kdf === null) return type;
  if (kdf.type === 'pbkdf2') return `pbkdf2-${kdf.hash}, ${kdf.iterations} iterations`;
  return `${kdf.type}, ${kdf.time} passes over ${formatSize(kdf.memoryKib * 1024)}`;
}

function describeKind(kind: string): string {
  return kind === 'recovery' ? 'a recovery key' : `a ${kind}`;
}
