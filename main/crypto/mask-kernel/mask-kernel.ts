import { readFileSync } from 'node:fs';
import type { Arena } from '../../bytes/arena.ts';

/** XORs sectors with their XTS masks in the arena. @see mask-kernel.as.ts */
export type ApplyMasks = (
  dataAt: number,
  tweaksAt: number,
  sectors: number,
  blocks: number,
) => void;

/** Loads the kernel on an arena's memory. Throws where the processor's engine lacks SIMD. */
export function loadMaskKernel(arena: Arena): ApplyMasks {
  const module = new WebAssembly.Module(
    readFileSync(new URL('./mask-kernel.wasm', import.meta.url)),
  );
  const abort = (): never => {
    throw new Error('mask kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory: arena.memory, abort } });
  return exports['applyMasks'] as ApplyMasks; // the compiled signature of mask-kernel.as.ts
}
