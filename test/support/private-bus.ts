import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** Whoever may connect may do everything: what is tested is the wire, and not a policy. */
const configuration = (socket: string) => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** A message bus of a test's own, by the real dbus-daemon. */
export type PrivateBus = AsyncDisposable & Readonly<{ socket: string; folder: TemporaryFolder }>;

/** Starts a bus and returns when it takes connections. */
export async function startPrivateBus(): Promise<PrivateBus> {
  const folder = temporaryFolder();
  const socket = folder.file('bus');
  const file = folder.file('bus.conf');
  writeFileSync(file, configuration(socket));
  const args = [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address=1'];
  const daemon = spawn('dbus-daemon', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(daemon.stdout, 'data');
  return {
    socket,
    folder,
    [Symbol.asyncDispose]: async () => {
      await end(daemon);
      folder[Symbol.dispose]();
    },
  };
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
