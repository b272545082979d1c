import { Option } from 'commander';
import { KDF_TYPES } from '../../shared/model/create-options.ts';

export const json = () => new Option('--json', 'print one JSON document');

export const passphraseFile = () =>
  new Option('--passphrase-file <file>', 'read the passphrase from a file, "-" for standard input');

export const keyfile = () =>
  new Option('--keyfile <file>', 'unlock with the whole content of a file').conflicts([
    'passphraseFile',
    'recoveryKey',
  ]);

export const recoveryKey = () =>
  new Option('--recovery-key', 'unlock with the 24 words of a recovery key; a wrong one is named');

export const header = (description = 'the header lies in this file, not in the container') =>
  new Option('--header <file>', description);

export const acceptCost = () =>
  new Option('--accept-cost', 'unlock even where that is expected to take longer than 30 s');

/** What opens the vault now. */
export const credentials = () => [passphraseFile(), keyfile(), recoveryKey()];

/** The key that is to be stored. */
export const newCredentials = () => [
  new Option('--new-passphrase-file <file>', 'read the new passphrase from a file'),
  new Option('--new-keyfile <file>', 'the whole content of a file becomes the key').conflicts(
    'newPassphraseFile',
  ),
];

/** How much work an unlock with a new key costs. */
export const kdfOptions = () => [
  new Option('--pbkdf <type>', 'key derivation; without it argon2id, and pbkdf2 in LUKS1').choices(
    KDF_TYPES,
  ),
  new Option('--iter-time <ms>', 'time that an unlock takes on this machine'),
  new Option('--pbkdf-memory <kib>', 'memory of Argon2, KiB: at most, or exactly when forced'),
  new Option('--pbkdf-parallel <n>', 'threads of Argon2, 1 to 4'),
  new Option('--pbkdf-force-iterations <n>', 'cost instead of a time: nothing is measured'),
];

export const confirm = () =>
  new Option('--confirm <words>', 'the words that destroying the last key needs, where none asks');

/** Of a mount by FUSE; for `tune`, of the next one. */
export const cacheSize = () =>
  new Option('--cache-size <size>', 'plaintext kept in memory, 16M to 512M; "default" for 64M');

/** Of a mount by FUSE; for `tune`, of the next one. */
export const readAhead = () =>
  new Option('--read-ahead <size>', 'beyond a request: 0, 32K to 256K; "default": the kernel\'s');
