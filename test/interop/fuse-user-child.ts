import { fuseBackend } from '../../main/mount/fuse/fuse-backend.ts';
import { clearStaleMounts } from '../../main/mount/fuse/stale-mounts.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';

/** Does one thing to a mount as whoever runs it, and prints the outcome as JSON. */

const [verb = '', mountPoint = ''] = process.argv.slice(2);

async function act(): Promise<unknown> {
  if (verb === 'clear') return clearStaleMounts((path) => mountPoint === '' || path === mountPoint);
  if (verb === 'health') return fuseBackend.health(mountPoint);
  await fuseBackend.unmount(mountPoint, { isForced: verb === 'force' });
  return 'unmounted';
}

const outcome = await act().catch((error: unknown) => {
  if (error instanceof VaultError) return error.code;
  throw error;
});
process.stdout.write(JSON.stringify(outcome));
