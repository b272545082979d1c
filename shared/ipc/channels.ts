/** Names of all channels, apart from their schemas so that the preload script stays small. */
export const CHANNELS = [
  'app.snapshot',
  'app.log',
  'app.diagnostics',
  'app.licences',
  'host.capabilities',
  'path.choose',
  'path.grant',
  'path.place',
  'path.dropped',
  'path.find',
  'vault.create',
  'vault.add',
  'vault.mount',
  'vault.lock',
  'vault.remove',
  'vault.update',
  'vault.forget-passphrase',
  'vault.inspect',
  'vault.header-changes',
  'vault.tune',
  'vault.set-backend',
  'vault.advise-flags',
  'vault.history',
  'vault.open-folder',
  'benchmark.machine',
  'benchmark.run',
  'benchmark.list',
  'benchmark.remove',
  'vault.resize',
  'vault.fsck',
  'key.list',
  'key.add',
  'key.change',
  'key.test',
  'key.remove',
  'key.describe',
  'key.erase',
  'recovery.save',
  'header.backup',
  'header.compare',
  'header.restore',
  'header.check',
  'header.repair',
  'header.convert',
  'job.cancel',
  'job.dismiss',
  'job.clear',
  'kdf.estimate',
  'settings.update',
  'settings.reset',
] as const;

export type Channel = (typeof CHANNELS)[number];

/**
 * Channels that the page may not name itself: the preload script alone sends on them what the system
 * tells it of a file that was dropped.
 */
export const PRELOAD_CHANNELS: readonly Channel[] = ['path.dropped'];

/** Tells whether a value is the name of a channel. */
export function isChannel(value: unknown): value is Channel {
  return (CHANNELS as readonly unknown[]).includes(value); // widened: `includes` wants a Channel
}
