import koffi from 'koffi';

/** Bits of activation flags as libcryptsetup.h numbers them, by the names of the mapping's table. */
export const LIBRARY_FLAG_BITS: Readonly<Record<string, number>> = {
  allow_discards: 1 << 3,
  same_cpu_crypt: 1 << 6,
  submit_from_crypt_cpus: 1 << 7,
  no_read_workqueue: 1 << 24,
  no_write_workqueue: 1 << 25,
};

const CRYPT_FLAGS_ACTIVATION = 0;

/**
 * Reads a container's persistent flags with libcryptsetup, and sets them first where `bits` is
 * given: what `cryptsetup open --persistent` does after it has made a mapping.
 */
export function persistentFlagBits(path: string, bits?: number): number {
  const library = koffi.load('libcryptsetup.so.12');
  const init = library.func('int crypt_init(_Out_ void **cd, const char *device)');
  const load = library.func('int crypt_load(void *cd, const char *type, void *parameters)');
  const set = library.func('int crypt_persistent_flags_set(void *cd, int type, uint32_t flags)');
  const get = library.func(
    'int crypt_persistent_flags_get(void *cd, int type, _Out_ uint32_t *flags)',
  );
  const free = library.func('void crypt_free(void *cd)');
  const context: unknown[] = [null];
  expectZero(init(context, path));
  try {
    expectZero(load(context[0], 'LUKS2', null));
    if (bits !== undefined) expectZero(set(context[0], CRYPT_FLAGS_ACTIVATION, bits));
    const flags = [0];
    expectZero(get(context[0], CRYPT_FLAGS_ACTIVATION, flags));
    return flags[0] ?? 0;
  } finally {
    free(context[0]);
  }
}

function expectZero(result: unknown): void {
  if (result !== 0) throw new Error(`libcryptsetup answered ${String(result)}`);
}
