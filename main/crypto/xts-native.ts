import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { FusedTransform, XtsDirection, XtsProvider } from './xts-provider.ts';

/** What the addon hands out for one key and direction. @see main/native/node-api.c */
type NativeTransform = Readonly<{
  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void;
  transfer: FusedTransform['transfer'];
  lastErrno(): number;
  dispose(): void;
}>;

type NativeAddon = Readonly<{
  /** Names of the implementations that this processor can run, fastest first. */
  implementations(): readonly string[];
  createTransform(
    arena: Uint8Array,
    isDecrypt: boolean,
    key: Uint8Array,
    sectorBytes: number,
    implementation: string,
  ): NativeTransform;
}>;

/** File of the addon, beside the compiled or the TypeScript program. */
const ADDON_FILE = fileURLToPath(new URL('../native/build/lockline-native.node', import.meta.url));

/** Shared memory in which sectors are transformed: an arena, or a worker's view of one. */
type XtsMemory = Readonly<{ bytes: Uint8Array }>;

export type NativeOptions = Readonly<{
  /**
   * Instead of the fastest that the processor can run: `vaes-512`, `vaes-256`, `aes-ni-avx`,
   * `aes-ni`, `armv8`.
   */
  implementation?: string;
  /** Instead of the addon that was built with the program. */
  addonFile?: string;
}>;

/**
 * AES-XTS by the processor's own AES instructions, in an addon of ours. Optional: it is there where
 * a compiler was when the program was installed.
 *
 * @throws RangeError with the reason where it is not there or cannot run on this processor.
 */
export function createNativeProvider(arena: XtsMemory, options: NativeOptions = {}): XtsProvider {
  const addon = loadAddon(options.addonFile ?? ADDON_FILE);
  const implementation = options.implementation ?? addon.implementations()[0];
  if (implementation === undefined || !addon.implementations().includes(implementation))
    throw new RangeError(`this processor has no ${implementation ?? 'AES instructions'}`);
  return {
    name: 'native',
    implementation,
    createTransform: (direction, key, sectorBytes) =>
      new NativeXtsTransform(addon, arena, direction, key, sectorBytes, implementation),
  };
}

/** Returns the implementations that this processor can run, fastest first; none without an addon. */
export function listNativeImplementations(): readonly string[] {
  return existsSync(ADDON_FILE) ? loadAddon(ADDON_FILE).implementations() : [];
}

function loadAddon(file: string): NativeAddon {
  if (!existsSync(file))
    throw new RangeError('it was not built: npm ci builds it where there is a C compiler');
  const loaded: unknown = createRequire(import.meta.url)(file);
  return loaded as NativeAddon; // built from the same tree; the self-test proves what it computes
}

class NativeXtsTransform implements FusedTransform {
  readonly #native: NativeTransform;

  constructor(
    addon: NativeAddon,
    arena: XtsMemory,
    direction: XtsDirection,
    key: Uint8Array,
    sectorBytes: number,
    implementation: string,
  ) {
    const isDecrypt = direction === 'decrypt';
    this.#native = addon.createTransform(arena.bytes, isDecrypt, key, sectorBytes, implementation);
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    this.#native.apply(atBytes, lengthBytes, firstIvSector);
  }

  transfer(
    fd: number,
    positionBytes: number,
    atBytes: number,
    lengthBytes: number,
    firstIvSector: number,
  ): number {
    return this.#native.transfer(fd, positionBytes, atBytes, lengthBytes, firstIvSector);
  }

  get lastErrno(): number {
    return this.#native.lastErrno();
  }

  /** Wipes the key schedule at once. */
  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}
