import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { TemporaryFolder } from '../temporary-folder.ts';
import { type ArchiveEntry, encodeArchive, fileEntry, folderEntry } from './cpio-archive.ts';
import { findKernel, moduleEntries, programEntries } from './guest-files.ts';

/** A piece of shell script that the guest runs by itself. */
export type GuestStep = Readonly<{ name: string; script: string }>;
export type StepOutcome = Readonly<{ status: number; output: string; seconds: number }>;

export type GuestOptions = Readonly<{
  /** Loaded before the first step, with what they need. */
  modules: readonly string[];
  programs: readonly (string | readonly [string, string])[];
  files: readonly ArchiveEntry[];
  /** Sourced before each step. */
  prelude: string;
  steps: readonly GuestStep[];
  /** Images, in the order of `/dev/vda`, `/dev/vdb`...; written to. */
  disks: readonly string[];
  memoryMib?: number;
  /** Of one step, seconds; 200 if not given. */
  stepLimitS?: number;
  timeoutMs: number;
}>;

/** What a guest did from start to power off. */
export type GuestRun = Readonly<{
  outcomes: ReadonlyMap<string, StepOutcome>;
  transcript: string;
}>;

const STEP_LIMIT_S = 200;
/** The timer check fails, and panics, where a busy machine holds the emulation up. */
const KERNEL_COMMAND_LINE = 'console=ttyS0 quiet loglevel=3 panic=-1 oops=panic no_timer_check';

function initScript(modules: readonly string[], stepLimitS: number): string {
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp; mount -t tmpfs run /run; chmod 1777 /tmp
ln -s /proc/self/fd /dev/fd; ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout; ln -s /proc/self/fd/2 /dev/stderr
for module in ${modules.join(' ')}; do insmod /modules/$module || echo "no module $module"; done
for step in /steps/*; do
  name=\${step##*/}; name=\${name#*-}
  echo; echo "@@begin $name"
  start=$(cut -d. -f1 /proc/uptime)
  timeout ${stepLimitS} sh -c '. /prelude; . "$0"' $step </dev/null 2>&1
  status=$?
  echo; echo "@@end $name $status $(( $(cut -d. -f1 /proc/uptime) - start ))"
done
sync
poweroff -f
`;
}

function parseTranscript(transcript: string): Map<string, StepOutcome> {
  const steps = /^@@begin (\S+)\n([\s\S]*?)^@@end \1 (\d+) (\d+)$/gm;
  return new Map(
    [...transcript.matchAll(steps)].map(([, name = '', output = '', status, seconds]) => [
      name,
      { output: output.trimEnd(), status: Number(status), seconds: Number(seconds) },
    ]),
  );
}

/**
 * Boots Debian's kernel in an emulated machine with nothing but the given files, runs the steps and
 * powers off. Works without hardware virtualisation, and without root.
 *
 * @param folder - Borrowed: where the machine's first root is written.
 * @throws Error where the machine does not end in time; the message has the end of its console.
 */
export function bootGuest(folder: TemporaryFolder, options: GuestOptions): Promise<GuestRun> {
  const kernel = findKernel();
  if (kernel === undefined) throw new Error('linux-image-cloud-amd64 is not installed');
  const modules = moduleEntries(kernel.version, ['virtio_pci', 'virtio_blk', ...options.modules]);
  const steps = options.steps.map(({ name, script }, index) =>
    fileEntry(`steps/${String(index).padStart(3, '0')}-${name}`, Buffer.from(script)),
  );
  const archive = encodeArchive([
    ...['proc', 'sys', 'dev', 'tmp', 'run', 'home'].map((path) => folderEntry(path)),
    ...programEntries([['/bin/busybox', '/bin/busybox'], ...options.programs]),
    ...modules.entries,
    ...options.files,
    ...steps,
    fileEntry('prelude', Buffer.from(options.prelude)),
    fileEntry(
      'init',
      Buffer.from(initScript(modules.order, options.stepLimitS ?? STEP_LIMIT_S)),
      0o755,
    ),
  ]);
  const initrd = folder.file('initrd');
  writeFileSync(initrd, gzipSync(archive, { level: 1 }));
  const args = [
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '2', '-m', String(options.memoryMib ?? 768)],
    ...['-kernel', kernel.image, '-initrd', initrd, '-nographic', '-no-reboot', '-net', 'none'],
    ...['-append', KERNEL_COMMAND_LINE],
    ...options.disks.flatMap((disk) => ['-drive', `file=${disk},if=virtio,format=raw`]),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    let transcript = '';
    const take = (chunk: string) => {
      transcript += chunk.replaceAll('\r', '');
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve({ outcomes: parseTranscript(transcript), transcript });
      else reject(new Error(`the guest did not end (${code}):\n${transcript.slice(-4000)}`));
    });
  });
}
