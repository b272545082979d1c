import type { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import type { VaultCare } from '../../main/services/vault-care.ts';
import type { BackupFacts, RestorePreview } from '../../shared/model/header-care.ts';
import type { JobKind } from '../../shared/model/job.ts';
import type { KeyInfo, KeyListing } from '../../shared/model/keys.ts';

const UUID = 'c2f0c5a2-7c1e-4c0b-9a52-2f6f0a6e9f10';

/** Returns a key as a vault of ours has it, with some facts replaced. */
export function fakeKey(changes: Partial<KeyInfo> = {}): KeyInfo {
  return {
    keyslotId: 0,
    type: 'luks2',
    priority: 'normal',
    kdf: { type: 'argon2id', time: 4, memoryKib: 1024 * 1024, cpus: 2 },
    costMs: 2100,
    opensOn: ['this-machine', 'laptop-4gib'],
    label: { name: 'My passphrase', createdAt: '2026-03-01T09:30:00.000Z', kind: 'passphrase' },
    isBound: true,
    ...changes,
  };
}

const LISTING: KeyListing = {
  uuid: UUID,
  format: 'luks2',
  keys: [
    fakeKey(),
    fakeKey({
      keyslotId: 1,
      kdf: { type: 'pbkdf2', hash: 'sha256', iterations: 1_000_000 },
      costMs: 640,
      opensOn: ['this-machine', 'laptop-4gib', 'phone'],
      label: { name: 'Safe at home', createdAt: '2026-03-02T10:00:00.000Z', kind: 'recovery' },
    }),
    fakeKey({
      keyslotId: 2,
      priority: 'prefer',
      label: { name: '', createdAt: null, kind: 'unknown' },
    }),
  ],
  backup: { isDue: true, madeMs: null },
};

const PREVIEW: RestorePreview = {
  uuid: UUID,
  isVerified: true,
  seqidNow: 7,
  seqidThen: 4,
  labelNow: 'Documents',
  labelThen: 'Documents',
  keyslots: [
    { keyslotId: 0, change: 'replaced', nameNow: 'My passphrase', nameThen: 'My passphrase' },
    { keyslotId: 1, change: 'goes', nameNow: 'Safe at home', nameThen: '' },
    { keyslotId: 3, change: 'returns', nameNow: '', nameThen: 'Old laptop' },
  ],
};

/** Looks after keys and headers that are not there, and notes what it was asked. */
export function createFakeCare(
  context: Readonly<{
    calls: string[];
    take: (secret: SecretBytes) => void;
    finish: (kind: JobKind, vaultId: string, subject: string) => string;
  }>,
): VaultCare {
  const { calls, take, finish } = context;
  const facts = (path: string): BackupFacts => ({
    path,
    uuid: UUID,
    seqid: 7,
    sizeBytes: 16 * 1024 ** 2,
  });
  return {
    listKeys: async () => LISTING,
    addKey(vaultId, { existing, added }, { kind, name }) {
      calls.push(`add-key ${vaultId} ${kind} ${name}`);
      take(existing);
      take(added);
      return finish('key', vaultId, vaultId);
    },
    changeKey(vaultId, { existing, added }, { keyslotId }) {
      calls.push(`change-key ${vaultId} ${keyslotId}`);
      take(existing);
      take(added);
      return finish('key', vaultId, vaultId);
    },
    async testKey(vaultId, secret, keyslotId) {
      calls.push(`test-key ${vaultId} ${keyslotId}`);
      take(secret);
      return { keyslotId: keyslotId ?? 0 };
    },
    removeKey(vaultId, secret, { keyslotId, mayBeLast }) {
      calls.push(`remove-key ${vaultId} ${keyslotId} ${mayBeLast}`);
      take(secret);
      return finish('key', vaultId, vaultId);
    },
    async describeKey(vaultId, keyslotId, { name, priority }) {
      calls.push(`describe-key ${vaultId} ${keyslotId} ${name} ${priority}`);
    },
    async eraseKeys(vaultId) {
      calls.push(`erase ${vaultId}`);
    },
    saveRecoveryKey(target, words) {
      calls.push(`save-recovery ${target}`);
      take(words);
    },
    async backUpHeader(vaultId, target) {
      calls.push(`backup ${vaultId} ${target}`);
      return facts(target);
    },
    async compareBackup(vaultId, source) {
      calls.push(`compare ${vaultId} ${source}`);
      return PREVIEW;
    },
    async restoreBackup(vaultId, source) {
      calls.push(`restore ${vaultId} ${source}`);
      return { ...PREVIEW, keptPath: `${source}.kept` };
    },
    async checkFilesystem(vaultId, secret) {
      calls.push(`fsck ${vaultId}`);
      take(secret);
      const finding = { kind: 'links', weight: 'damaged' } as const;
      return {
        filesystem: 'ext4',
        verdict: 'damaged',
        findings: [{ ...finding, detail: 'inode 12: 2 links stated, 1 found' }],
        more: 0,
        files: 20,
        directories: 3,
      };
    },
    async check(vaultId) {
      calls.push(`check ${vaultId}`);
      const copy = { kind: 'header-copy', id: null } as const;
      const detail = 'secondary copy damaged: header-checksum-mismatch';
      return {
        uuid: UUID,
        verdict: 'repairable',
        findings: [
          {
            ...copy,
            code: 'primary-copy-good',
            weight: 'fine',
            offsetBytes: 0,
            detail: 'primary copy ok, sequence 7',
          },
          {
            ...copy,
            code: 'secondary-copy-damaged',
            weight: 'repairable',
            offsetBytes: 16_384,
            detail,
          },
          {
            kind: 'keyslot-area',
            code: 'area-random',
            weight: 'fine',
            id: 0,
            offsetBytes: 32_768,
            detail: '256000 bytes look random',
          },
        ],
      };
    },
    async convert(vaultId, to) {
      calls.push(`convert ${vaultId} ${to}`);
      return { format: to, backupPath: '/home/ada/Documents.luks.header.bak' };
    },
    async repair(vaultId) {
      calls.push(`repair ${vaultId}`);
      return { backupPath: '/home/ada/Documents.luks.header.bak', repaired: [], remaining: [] };
    },
    resize(vaultId, sizeBytes, secret) {
      calls.push(`resize ${vaultId} ${sizeBytes}`);
      take(secret);
      return finish('resize', vaultId, vaultId);
    },
  };
}
