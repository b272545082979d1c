import type { KernelFlagName, KernelFlagWarning, KernelVersion } from './dmcrypt.ts';

/** What of a machine and a container the choice of flags depends on; `null` where it is not known. */
export type KernelFacts = Readonly<{
  /** Of the running kernel, as it calls itself. */
  kernelRelease: string | null;
  /** Of its sources, on which fixes depend: a distribution's release may count its own builds. */
  kernel: KernelVersion | null;
  hasDmCrypt: boolean;
  /** Processors that may run threads. */
  processors: number;
  /** The processor, or a driver of the kernel, runs AES without tables. */
  isAesAccelerated: boolean | null;
  /** An ordinary file; else a block device itself. */
  isFile: boolean;
  /** The disk below the container: `sda`, `nvme0n1`. */
  disk: string | null;
  isRotational: boolean | null;
  isZoned: boolean | null;
  /** As the header names it. */
  cipher: string | null;
  sectorBytes: number | null;
}>;

export type AdviceReason = Readonly<{
  code:
    | 'kernel-has-none'
    | 'kernel-too-old'
    | 'disk-rotational'
    | 'disk-zoned'
    | 'cipher-slow'
    | 'read-flag-doubtful'
    | 'loop-over-file'
    | 'disk-quick'
    | 'streams-differ'
    | 'sector-small'
    | 'disk-unknown';
  text: string;
}>;

/** Which flags suit a vault here, and why. */
export type KernelAdvice = Readonly<{
  flags: readonly KernelFlagName[];
  reasons: readonly AdviceReason[];
  warnings: readonly KernelFlagWarning[];
  facts: KernelFacts;
}>;
