import { resolve } from 'node:path';
import type { KeyslotChange, RestorePreview } from '../../../shared/model/header-care.ts';
import { formatSize } from '../../../shared/units.ts';
import * as headers from '../../services/header-operations.ts';
import { confirmRestore } from '../confirm-destruction.ts';
import { openVaults, warnUnlisted } from '../known-vaults.ts';
import { formatTable, printResult } from '../output.ts';
import { realContainerPath } from '../real-path.ts';
import { withProgress } from '../with-progress.ts';

type Json = Readonly<{ json?: boolean }>;

/** `lockline header backup`: the header with its keys in a file of its own. */
export async function backup(file: string, target: string, options: Json): Promise<void> {
  const path = realContainerPath(file);
  using known = openVaults();
  const facts = await withProgress((progress) =>
    headers.backUpHeader(path, resolve(target), known, { ...progress, onUnlisted: warnUnlisted }),
  );
  const text = `Saved the header of ${facts.uuid} in ${facts.path} (${formatSize(facts.sizeBytes)})
It opens the vault with the passphrases of today, also after they were changed: keep it safe`;
  printResult(options.json, { ...facts, path, backup: facts.path }, text);
}

/** `lockline header restore`: a backup in the place of the header. */
export async function restore(
  file: string,
  source: string,
  options: Json & Readonly<{ dryRun?: boolean; yes?: boolean }>,
): Promise<void> {
  const path = realContainerPath(file);
  const from = realContainerPath(source);
  if (options.dryRun === true) {
    const preview = await withProgress((progress) =>
      headers.compareHeaderBackup(path, from, progress),
    );
    printResult(options.json, { path, restored: false, ...preview }, describe(preview));
    return;
  }
  if (options.yes !== true) {
    const preview = await withProgress((progress) =>
      headers.compareHeaderBackup(path, from, progress),
    );
    confirmRestore(describe(preview));
  }
  const done = await withProgress((progress) => headers.restoreHeaderBackup(path, from, progress));
  const text = `${describe(done)}\nRestored; the header that was there is kept in ${done.keptPath}`;
  printResult(options.json, { path, restored: true, ...done }, text);
}

const CHANGE_WORDS = {
  same: 'stays',
  replaced: 'goes back to its key of then',
  returns: 'comes back',
  goes: 'goes away',
} as const satisfies Record<KeyslotChange['change'], string>;

function describe(preview: RestorePreview): string {
  const facts = [`UUID      ${preview.uuid}`];
  // LUKS1 has neither.
  if (preview.seqidThen !== null) {
    facts.push(`Sequence  ${preview.seqidNow ?? 'unreadable'} -> ${preview.seqidThen}`);
    facts.push(`Label     ${preview.labelNow ?? 'unreadable'} -> ${preview.labelThen}`);
  }
  if (!preview.isVerified)
    facts.push(
      'The present header does not tell whether the backup is of this vault: it is damaged',
    );
  const rows = preview.keyslots.map((keyslot) => [
    `Keyslot ${keyslot.keyslotId}`,
    keyslot.nameNow || '-',
    keyslot.nameThen || '-',
    CHANGE_WORDS[keyslot.change],
  ]);
  return [...facts, formatTable([['', 'Now', 'Backup', 'Change'], ...rows])].join('\n');
}
