import { writeFileSync } from 'node:fs';
import { FileDevice } from '../../../main/block/file-device.ts';
import {
  describeContainer,
  readContainer,
  verifyContainerPassphrase,
} from '../../../main/luks/container.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';
import { cryptsetup } from '../cryptsetup.ts';
import { secretOf } from '../luks-fixtures.ts';

/**
 * How far a program went: `loaded` means that the header is listed and the passphrase refused,
 * `endless` that it was still deriving when it was stopped.
 */
export type Verdict = 'refused' | 'loaded' | 'opened' | 'endless';

/** What it derives here takes milliseconds, unless a mutation asks for work without a limit. */
const PATIENCE_MS = 5000;

export type Verdicts = Readonly<{
  theirs: Verdict;
  ours: Verdict;
  /** Why Lockline went no further: code and what else tells refusals apart; empty where it opened. */
  reason: string;
}>;

/**
 * Asks cryptsetup and Lockline what they think of a container. Neither sees what the other left.
 *
 * @param path - A file to write the container to; it stays.
 */
export async function twoVerdicts(
  bytes: Uint8Array,
  path: string,
  passphrase: string,
): Promise<Verdicts> {
  writeFileSync(path, bytes);
  const { keyslotId, isOtherCopyUsed, ...ours } = await ourVerdict(path, passphrase);
  const theirs = await theirVerdict(bytes, path, passphrase);
  // With one copy good, Lockline opens by it what a lax reader of the other one may not.
  if (ours.ours === 'opened' && isOtherCopyUsed) return { theirs: 'opened', ...ours };
  if (theirs !== 'loaded' || keyslotId === null) return { theirs, ...ours };
  // Where it comes upon a keyslot that is broken it tries no other one, unless it is told which.
  const named = await theirVerdict(bytes, path, passphrase, ['--key-slot', String(keyslotId)]);
  return { theirs: named, ...ours };
}

async function theirVerdict(
  bytes: Uint8Array,
  path: string,
  passphrase: string,
  more: readonly string[] = [],
): Promise<Verdict> {
  const open = ['open', '--test-passphrase', ...more, '--key-file', '-', '--tries', '1', path];
  const { exitCode } = await cryptsetup(open, passphrase, PATIENCE_MS);
  if (exitCode === 0) return 'opened';
  if (exitCode === -1) return 'endless';
  writeFileSync(path, bytes); // it may have repaired a copy
  return (await cryptsetup(['luksDump', path])).exitCode === 0 ? 'loaded' : 'refused';
}

type OurVerdict = Readonly<{
  ours: Verdict;
  reason: string;
  keyslotId: number | null;
  isOtherCopyUsed: boolean;
}>;

async function ourVerdict(path: string, passphrase: string): Promise<OurVerdict> {
  using device = FileDevice.open(path, { isReadOnly: true });
  using secret = secretOf(passphrase);
  let ours: Verdict = 'refused';
  let isOtherCopyUsed = false;
  try {
    const container = readContainer(device);
    describeContainer(container, device.sizeBytes);
    ours = 'loaded';
    isOtherCopyUsed = container.version === 2 && container.luks2.repairs.length > 0;
    const { keyslotId } = await verifyContainerPassphrase(device, container, secret);
    return { ours: 'opened', reason: '', keyslotId, isOtherCopyUsed };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return { ours, reason: reasonOf(error), keyslotId: null, isOtherCopyUsed };
  }
}

function reasonOf({ code, data }: VaultError): string {
  const path = String(data['path'] ?? '').replaceAll(/\d+/g, 'N');
  const facts = [path, data['reason'] ?? data['where'] ?? data['limit'] ?? ''].map(String);
  return [code, ...facts.filter((fact) => fact !== '')].join(' ');
}
