import koffi, { type KoffiFunc } from 'koffi';

/**
 * The C library, for the few system calls that Node does not offer. Linux only; other systems take
 * the paths that need none of these.
 */

/** errno numbers of Linux that callers react to. */
export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const EIO = 5;
export const EAGAIN = 11;
export const EACCES = 13;
export const EBUSY = 16;
export const EEXIST = 17;
export const ENODEV = 19;
export const EINVAL = 22;
export const EFBIG = 27;
export const ENOSPC = 28;
export const ENOSYS = 38;
export const EOPNOTSUPP = 95;
export const EDQUOT = 122;

let library: ReturnType<typeof koffi.load> | undefined;

/** Returns the C function of this prototype, as koffi spells prototypes; loads the library once. */
export function libcFunction<F extends (...values: never[]) => unknown>(
  prototype: string,
): KoffiFunc<F> {
  library ??= koffi.load('libc.so.6');
  return library.func(prototype) as KoffiFunc<F>; // the prototype is the type; koffi cannot infer it
}

/** The errno of the last libc call in this thread; read it before any other call. */
export function lastErrno(): number {
  return koffi.errno();
}

/** Returns where a native pointer or a view's memory lies; the caller knows that it does not move. */
export function addressOf(target: unknown): bigint {
  return koffi.address(target);
}
