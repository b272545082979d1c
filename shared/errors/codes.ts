/**
 * Every coded condition that Lockline reports: its family, its exit code on the command line and
 * the sentence shown to people. Codes and exit codes are an interface (`docs/cli-abi.md`): append
 * only, never rename.
 */

export type ErrorFamily =
  | 'format'
  | 'credential'
  | 'unsupported'
  | 'device'
  | 'mount'
  | 'state'
  | 'contract';

/** Exit codes of the command line. `docs/cli-abi.md` is the contract. */
export const EXIT_CODES = {
  done: 0,
  other: 1,
  usage: 2,
  passphraseWrong: 3,
  damaged: 4,
  unsupported: 5,
  wrongState: 6,
  storage: 7,
  backend: 8,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

type CodeEntry = Readonly<{ family: ErrorFamily; exit: ExitCode; message: string; advice: string }>;

function entry(family: ErrorFamily, exit: ExitCode, message: string, advice: string): CodeEntry {
  return { family, exit, message, advice };
}

const { passphraseWrong, damaged, unsupported, wrongState, storage, backend, usage, other } =
  EXIT_CODES;

export const ERROR_CODES = {
  // format: the bytes break the specification
  'not-luks': entry(
    'format',
    damaged,
    'Cannot open: not a LUKS container',
    'Choose a file that Lockline or cryptsetup made',
  ),
  'version-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot open: this LUKS version is not supported',
    'Open it with cryptsetup, or update Lockline',
  ),
  'header-checksum-mismatch': entry(
    'format',
    damaged,
    'Cannot open: a header copy fails its checksum',
    'Restore a header backup',
  ),
  'both-headers-corrupt': entry(
    'format',
    damaged,
    'Cannot open: both header copies are damaged',
    'Restore a header backup',
  ),
  'metadata-invalid': entry(
    'format',
    damaged,
    'Cannot open: the header metadata is invalid',
    'Restore a header backup',
  ),
  'area-overlap': entry(
    'format',
    damaged,
    'Cannot open: areas in the header overlap',
    'Restore a header backup',
  ),
  'requirement-unknown': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the container requires features that are not supported',
    'Open it with a newer cryptsetup',
  ),
  'reencryption-in-progress': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the container is in the middle of a re-encryption',
    'Finish it first, as root: cryptsetup reencrypt --resume-only FILE',
  ),
  'conversion-impossible': entry(
    'unsupported',
    unsupported,
    'Cannot convert: the other format cannot hold what this header says',
    'The reason names the part; docs/formats.md lists what converts',
  ),
  'header-detached': entry(
    'format',
    unsupported,
    'Cannot unlock: this is a detached header, and its data lie elsewhere',
    'Give the file or device with the data, and this one with --header',
  ),
  'kdf-cost-excessive': entry(
    'format',
    unsupported,
    'Cannot unlock: the header asks for more key derivation work than the stated limit',
    'Open it only if you trust where it came from',
  ),
  'digest-invalid': entry(
    'format',
    damaged,
    'Cannot unlock: the header holds no digest that can verify the volume key',
    'Restore a header backup',
  ),
  'container-truncated': entry(
    'format',
    damaged,
    'Cannot open: the container is shorter than its header says',
    'Restore the whole file from a backup',
  ),
  'filesystem-damaged': entry(
    'format',
    damaged,
    'Cannot mount: the filesystem is damaged',
    'Check it with fsck on a copy',
  ),
  'backup-mismatch': entry(
    'format',
    damaged,
    'Cannot restore: the backup is of another container',
    'Choose the backup of this container; nothing was changed',
  ),
  'header-ambiguous': entry(
    'format',
    damaged,
    'Cannot write the header: the start of the container also looks like another format',
    'Open it read-only and save what matters, then restore a header backup',
  ),
  // credential: the user must try something else
  'passphrase-wrong': entry(
    'credential',
    passphraseWrong,
    'Cannot unlock: no keyslot opens with this passphrase',
    'Check the keyboard layout and caps lock; a damaged key area looks the same',
  ),
  'keyslot-inactive': entry(
    'credential',
    passphraseWrong,
    'Cannot unlock: the keyslot is not in use',
    'Choose another keyslot',
  ),
  'recovery-word-wrong': entry(
    'credential',
    usage,
    'Cannot use the recovery key: a word is not in the list',
    'Check the word of this number',
  ),
  'recovery-words-missing': entry(
    'credential',
    usage,
    'Cannot use the recovery key: it has 24 words',
    'Check that no word is missing or typed twice',
  ),
  'recovery-checksum-wrong': entry(
    'credential',
    usage,
    'Cannot use the recovery key: the words do not fit together',
    'Compare each word and the order with what was written down',
  ),
  'keyfile-unreadable': entry(
    'credential',
    storage,
    'Cannot read the keyfile or passphrase file',
    'Check its path and permission',
  ),
  'keyfile-too-large': entry(
    'credential',
    usage,
    'Cannot use the keyfile: it is larger than 8 MiB',
    'Choose a smaller keyfile',
  ),
  'passphrase-missing': entry(
    'credential',
    usage,
    'Cannot ask for a passphrase: no terminal and no passphrase option',
    'Give --passphrase-file or --keyfile',
  ),
  'passphrase-empty': entry(
    'credential',
    usage,
    'Cannot use an empty passphrase',
    'Type at least one character',
  ),
  'passphrase-mismatch': entry(
    'credential',
    usage,
    'Cannot go on: the two passphrases differ',
    'Type the same passphrase twice',
  ),
  'passphrase-too-long': entry(
    'credential',
    usage,
    'Cannot use the passphrase: longer than 512 bytes',
    'Use a keyfile for longer secrets',
  ),
  'passphrase-not-stored': entry(
    'credential',
    usage,
    'Cannot unlock: no passphrase of this vault is stored',
    'Type the passphrase',
  ),
  // unsupported: valid, but not ours
  'keychain-unavailable': entry(
    'unsupported',
    unsupported,
    'Cannot store the passphrase: this system has no keychain that would protect it',
    'Set up a keychain such as GNOME Keyring or KWallet, or type the passphrase each time',
  ),
  'cipher-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the cipher is not supported',
    'Open it with cryptsetup',
  ),
  'hash-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the hash is not supported',
    'Open it with cryptsetup',
  ),
  'segment-type-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the segment type is not supported',
    'Open it with cryptsetup',
  ),
  'kdf-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot unlock: the key derivation function is not supported',
    'Open it with cryptsetup',
  ),
  'keyslot-type-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot change the keyslot: its type is not supported',
    'Change it with cryptsetup',
  ),
  'key-names-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot name the key or set its priority: LUKS1 has no room for that',
    'Convert the vault first: lockline convert FILE --to luks2',
  ),
  'filesystem-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot mount: the filesystem in the vault is not supported',
    'Open it with cryptsetup and mount it as root',
  ),
  'platform-unsupported': entry(
    'unsupported',
    unsupported,
    'Cannot do this on this operating system',
    'Use another mount backend',
  ),
  // device: storage failed
  'device-busy': entry(
    'device',
    wrongState,
    'Cannot open: another program has the container open',
    'Lock it there first',
  ),
  'permission-denied': entry(
    'device',
    storage,
    'Cannot open: permission denied',
    'Check who owns the file',
  ),
  'file-missing': entry('device', storage, 'Cannot open: no such file', 'Check the path'),
  'file-exists': entry(
    'device',
    storage,
    'Cannot create: the file exists already',
    'Choose another name',
  ),
  'not-a-file': entry(
    'device',
    storage,
    'Cannot open: neither an ordinary file nor a block device',
    'Choose a file',
  ),
  'short-read': entry(
    'device',
    storage,
    'Cannot read: the storage returned less than asked',
    'Check the disk',
  ),
  'io-error': entry(
    'device',
    storage,
    'Cannot read or write: the storage failed',
    'Check the disk',
  ),
  'no-space': entry('device', storage, 'Cannot write: no space left', 'Free some space'),
  'write-unproven': entry(
    'device',
    storage,
    'Cannot store the key: what was written does not open after it was read back',
    'Check the disk; the old key still opens the vault',
  ),
  'read-only': entry(
    'device',
    storage,
    'Cannot write: read-only',
    'Mount without the read-only option',
  ),
  // mount: backend or system refused
  'backend-missing': entry(
    'mount',
    backend,
    'Cannot mount: the mount backend is not installed',
    'Install the package fuse3',
  ),
  'backend-denied': entry(
    'mount',
    backend,
    'Cannot mount: the system refused',
    'Check the permission on /dev/fuse',
  ),
  'mountpoint-not-empty': entry(
    'mount',
    wrongState,
    'Cannot mount: the mount point is not empty',
    'Choose an empty folder',
  ),
  'mountpoint-invalid': entry(
    'mount',
    storage,
    'Cannot mount: the mount point is not a folder that can be used',
    'Choose an empty folder that you own',
  ),
  'unmount-busy': entry(
    'mount',
    wrongState,
    'Cannot unmount: files in the vault are in use',
    'Close them, or force',
  ),
  'mount-timeout': entry(
    'mount',
    backend,
    'Cannot mount: the mount did not become ready in time',
    'Try again',
  ),
  'address-in-use': entry(
    'mount',
    wrongState,
    'Cannot listen: another program uses the port',
    'Choose another port',
  ),
  'helper-missing': entry(
    'mount',
    backend,
    'Cannot mount: the dm-crypt helper is not installed',
    'Install the Lockline package of your distribution, or mount with FUSE',
  ),
  'helper-denied': entry(
    'mount',
    backend,
    'Cannot mount: the right to use dm-crypt was not given',
    'Authenticate as an administrator, or mount with FUSE',
  ),
  'kernel-unsupported': entry(
    'mount',
    backend,
    'Cannot mount: this kernel has no dm-crypt',
    'Mount with FUSE',
  ),
  'kernel-refused': entry(
    'mount',
    backend,
    'Cannot mount: the kernel or a system program refused',
    'Mount with FUSE, and look into the system log',
  ),
  'sector-differs': entry(
    'mount',
    backend,
    'Cannot mount: the kernel decrypts this vault otherwise than Lockline',
    'Mount with FUSE, and please report it',
  ),
  'flags-refused': entry(
    'unsupported',
    unsupported,
    'Cannot change the flags: the kernel does not take them',
    'Choose other flags or no implementation',
  ),
  'udisks-missing': entry(
    'mount',
    backend,
    'Cannot mount: udisks2 does not answer on the system bus',
    'Install the package udisks2, or choose another backend',
  ),
  'udisks-denied': entry(
    'mount',
    backend,
    'Cannot mount: udisks2 asks for rights that this session does not have',
    'Choose another backend, or use the desktop session',
  ),
  // state: illegal now
  'backend-unsuited': entry(
    'state',
    wrongState,
    'Cannot do this with the backend by which the vault is mounted',
    'Lock it and mount it with another backend',
  ),
  'already-unlocked': entry(
    'state',
    wrongState,
    'Cannot unlock: the vault is unlocked already',
    'Use the mounted folder',
  ),
  'not-mounted': entry(
    'state',
    wrongState,
    'Cannot do this: the vault is not mounted',
    'Mount it first',
  ),
  'operation-in-progress': entry(
    'state',
    wrongState,
    'Cannot do this now: another operation on the vault is running',
    'Wait for it or cancel it',
  ),
  'header-changed': entry(
    'state',
    wrongState,
    'Cannot go on: the header was changed by another program',
    'Read it again and repeat',
  ),
  'keyslots-full': entry(
    'state',
    wrongState,
    'Cannot add the key: the header has no room for another one',
    'Remove a key that is no longer needed',
  ),
  'last-keyslot': entry(
    'state',
    wrongState,
    'Cannot remove the last key without confirmation: nothing would open the vault any more',
    'Add another key first, or confirm with the words',
  ),
  'checker-missing': entry(
    'contract',
    backend,
    'Cannot repair: the program for this filesystem is not installed, or cannot be shown its blocks',
    'Install e2fsprogs or dosfstools, and fuse3',
  ),
  'volume-read-only': entry(
    'device',
    storage,
    'Writing to the vault has failed: it is read-only now, and what was not synced may be lost',
    'Copy what you need, lock the vault, look after its storage, then run "lockline fsck"',
  ),
  'growth-unfinished': entry(
    'state',
    wrongState,
    'Cannot open read-only: growing the vault was interrupted',
    'Open it for writing once: that finishes it',
  ),
  'already-converted': entry(
    'state',
    wrongState,
    'Cannot convert: the container has this format already',
    'Nothing is left to do',
  ),
  'vault-unknown': entry('state', wrongState, 'Cannot find this vault in the list', 'Add it first'),
  'vault-crashed': entry(
    'state',
    other,
    'The vault process ended unexpectedly; the vault is locked',
    'Unlock it again',
  ),
  cancelled: entry('state', other, 'Cancelled', 'Start again when you like'),
  'database-newer': entry(
    'state',
    wrongState,
    'Cannot open the database: a newer Lockline wrote it',
    'Update Lockline',
  ),
  // contract: a bad message or argument
  'payload-invalid': entry(
    'contract',
    usage,
    'Cannot understand the request',
    'Check the arguments',
  ),
  'confirmation-wrong': entry(
    'contract',
    usage,
    'Cannot go on: the words of confirmation are missing or wrong',
    'Type them exactly: all data will be lost',
  ),
  'size-invalid': entry(
    'contract',
    usage,
    'Cannot use this size',
    'Give a size like 512M or 2G, at least 32 MiB',
  ),
  'sender-refused': entry(
    'contract',
    usage,
    'Request refused: unknown sender',
    'Open the window again',
  ),
  internal: entry('contract', other, 'Something went wrong inside Lockline', 'Please report it'),
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
