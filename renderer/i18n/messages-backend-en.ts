/** Words about backends and dm-crypt's flags. */
export const BACKEND_MESSAGES_EN = {
  'backend.title': 'Backend',
  'backend.field': 'Mount with',
  'backend.fieldText': 'Counts from the next unlock.',
  'backend.asSettings': 'As in settings: {backend}',
  'backend.asVault': 'As this vault prefers: {backend}',
  'backend.auto': 'Automatic: the kernel where it asks for nothing',
  'backend.udisks': 'Kernel (dm-crypt) through udisks2',
  'backend.dmcrypt': 'Kernel (dm-crypt) through the Lockline helper',
  'backend.fuse': 'Lockline’s own engine (FUSE)',
  'backend.nbd': 'Blocks over NBD',
  'backend.inForce': 'Mounted with: {backend}',
  'backend.locked': 'Locked: nothing is in force.',
  'backend.settingsText':
    'Lockline’s own engine needs no rights. The kernel is faster; its engine has flags in place of inline and threaded.',

  'kernel.flags': 'Kernel flags',
  'kernel.flagsText':
    'Where the kernel’s crypto runs. Both inline flags together take its queues away for reads and writes.',
  'kernel.inForce': 'In force: {flags}; {cipher} on {device}',
  'kernel.noFlags': 'no flags',
  'kernel.cipherUnknown': 'the header’s cipher',
  'kernel.own': 'Flags of its own',
  'kernel.ownText': 'Otherwise those count that the vault’s header keeps.',
  'kernel.fromHeader':
    'udisks2 takes the flags from the header: set them with lockline dmcrypt flags.',
  'kernel.void': 'This kernel does not know {flags}',
  'kernel.advice': 'What suits this machine',
  'kernel.advised': 'Advised: {flags}',
  'kernel.useAdvice': 'Use the advised flags',

  'flag.no_read_workqueue': 'Reads inline',
  'flag.no_read_workqueueText':
    'Reads are decrypted where they complete, without a queue. Linux 5.9 and later.',
  'flag.no_write_workqueue': 'Writes inline',
  'flag.no_write_workqueueText':
    'Writes are encrypted in the thread that submits them, without a queue or sorting. Linux 5.9 and later.',
  'flag.same_cpu_crypt': 'Stay on the submitting processor',
  'flag.same_cpu_cryptText':
    'Queued requests stay on the processor that submitted them, instead of any idle one. Linux 4.0 and later.',
  'flag.submit_from_crypt_cpus': 'Writes without the sorting thread',
  'flag.submit_from_crypt_cpusText':
    'Writes go down from where they were encrypted, not through the one sorting thread. Linux 4.0 and later.',
  'flag.high_priority': 'High priority',
  'flag.high_priorityText':
    'Crypto threads run before other programs: more throughput, a less responsive desktop. Linux 6.10 and later.',
  'flag.allow_discards': 'Give freed space back',
  'flag.allow_discardsText':
    'Whoever sees the container then sees which parts of it are in use. Linux 3.1 and later.',

  'flagWarning.kernel-too-old': 'This kernel does not know it.',
  'flagWarning.void-in-hard-interrupts':
    'Void on this kernel for drives that complete in hard interrupts.',
  'flagWarning.pointless-beside': 'Without effect beside inline writes.',
  'flagWarning.queues-unused': 'Concerns the queues, which both inline flags bypass.',
  'flagWarning.leaks-usage': 'Shows how much of the vault is in use.',
  'flagWarning.hurts-desktop': 'Other programs get less of the processor.',

  'advice.kernel-has-none': 'This kernel has no dm-crypt: flags count elsewhere.',
  'advice.kernel-too-old': 'This kernel has no inline flags: they need Linux 5.9.',
  'advice.disk-rotational':
    'The disk turns: sorted writes and every processor for the cipher are worth the queues.',
  'advice.disk-zoned':
    'The disk is zoned: the kernel writes inline by itself, and reads gain from the queues.',
  'advice.cipher-slow':
    'Nothing accelerates the cipher here: it is better spread over the processors.',
  'advice.read-flag-doubtful':
    'Inline reads are void on this kernel for many drives, so only writes are inline.',
  'advice.loop-over-file':
    'The vault is a file: its filesystem queues once already, and a second queue costs time.',
  'advice.disk-quick':
    'Nothing in the disk turns: handing each request to another thread costs more than it saves.',
  'advice.streams-differ':
    'For few large streams the queues may be quicker nevertheless: measuring tells.',
  'advice.sector-small':
    'Small encryption sectors: a vault with sectors of 4096 bytes gains more than any flag.',
  'advice.disk-unknown': 'The disk below is not known: nothing speaks against it.',
} as const;
