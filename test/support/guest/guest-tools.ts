import { requireTool } from '../require-tool.ts';
import { findKernel } from './guest-files.ts';

const TOOLS: readonly (readonly [string, string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['busybox', 'busybox-static'],
  ['cryptsetup', 'cryptsetup-bin'],
  ['dmsetup', 'dmsetup'],
  ['fsck.fat', 'dosfstools'],
  ['mke2fs', 'e2fsprogs'],
  ['debugfs', 'e2fsprogs'],
  ['modprobe', 'kmod'],
  ['cc', 'build-essential'],
];

/** Tells whether a guest can be booted here. Under `CI=true` whatever is missing is a failure. */
export function hasGuestTools(): boolean {
  if (process.arch !== 'x64' || process.platform !== 'linux') {
    console.warn('skipped: the guest is an x86-64 Linux machine, and so must this be');
    return false;
  }
  if (!TOOLS.every(([program, name]) => requireTool(program, name))) return false;
  if (findKernel() !== undefined) return true;
  if (process.env['CI'] === 'true') throw new Error('install linux-image-cloud-amd64');
  console.warn('skipped: no kernel for the guest (Debian package linux-image-cloud-amd64)');
  return false;
}
