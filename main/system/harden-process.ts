import { koffiBuffer } from './koffi-buffer.ts';
import { libcFunction } from './libc.ts';

const PR_SET_DUMPABLE = 4;
const RLIMIT_CORE = 4;

/**
 * Keeps this process's memory to itself: no core dump, and no other process of the same user may
 * attach to it or read its memory. Called first in every process that sees a key or a passphrase.
 * @see prctl(2) PR_SET_DUMPABLE, setrlimit(2) RLIMIT_CORE
 */
export function hardenProcess(): void {
  if (process.platform !== 'linux') return;
  const prctl = libcFunction<(option: number, value: number) => number>(
    'int prctl(int option, unsigned long value)',
  );
  const setrlimit = libcFunction<(resource: number, limits: unknown) => number>(
    'int setrlimit(int resource, const void *limits)',
  );
  // SECURITY: a refusal here is a bug, not a state to live with.
  if (setrlimit(RLIMIT_CORE, koffiBuffer(16).pointer) !== 0) throw new Error('setrlimit failed');
  if (prctl(PR_SET_DUMPABLE, 0) !== 0) throw new Error('prctl failed');
}
