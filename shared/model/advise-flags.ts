import {
  isKernelSince,
  isReadFlagDoubtful,
  KERNEL_FLAGS,
  type KernelFlagName,
  type KernelVersion,
  sortFlags,
  warnAboutFlags,
} from './dmcrypt.ts';
import type { AdviceReason, KernelAdvice, KernelFacts } from './kernel-advice.ts';

const LARGE_SECTOR_BYTES = 4096;

/**
 * Returns which flags of dm-crypt suit a vault on this machine.
 *
 * The rule: where cipher or disk are slow the queues pay, since they spread the cipher over the
 * processors and sort the writes; else what they cost is worth saving, all the more since the host's
 * filesystem below a vault's file queues once already. `high_priority` and `allow_discards` are
 * nobody's to choose but the user's.
 */
export function adviseFlags(facts: KernelFacts): KernelAdvice {
  const { kernel } = facts;
  const against = reasonsForQueues(facts);
  const wanted = against.length > 0 ? [] : inlineFlags(kernel);
  const flags = sortFlags(wanted);
  const reasons = [...against, ...(against.length > 0 ? [] : reasonsForInline(facts))];
  return {
    flags,
    reasons: [...reasons, ...remarks(facts)],
    warnings: warnAboutFlags(flags, kernel),
    facts,
  };
}

function reasonsForQueues({
  kernel,
  hasDmCrypt,
  isRotational,
  isZoned,
  isAesAccelerated,
  cipher,
}: KernelFacts): AdviceReason[] {
  const isSlow = isAesAccelerated === false || (cipher !== null && !cipher.startsWith('aes-'));
  const { since } = KERNEL_FLAGS.no_read_workqueue;
  return [
    ...when(!hasDmCrypt, 'kernel-has-none', 'This kernel has no dm-crypt: flags count elsewhere'),
    ...when(
      kernel !== null && !isKernelSince(kernel, since),
      'kernel-too-old',
      'This kernel has no inline flags: they need Linux 5.9',
    ),
    ...when(
      isRotational === true,
      'disk-rotational',
      'The disk turns: sorted writes and every processor for the cipher are worth the queues',
    ),
    ...when(
      isZoned === true,
      'disk-zoned',
      'The disk is zoned: the kernel writes inline by itself, and reads gain from the queues',
    ),
    ...when(
      isSlow,
      'cipher-slow',
      'Nothing accelerates the cipher here: it is better spread over the processors',
    ),
  ];
}

function inlineFlags(kernel: KernelVersion | null): readonly KernelFlagName[] {
  const isDoubtful = kernel !== null && isReadFlagDoubtful(kernel);
  return isDoubtful ? ['no_write_workqueue'] : ['no_read_workqueue', 'no_write_workqueue'];
}

function reasonsForInline({ isFile, isRotational, kernel }: KernelFacts): AdviceReason[] {
  const isDoubtful = kernel !== null && isReadFlagDoubtful(kernel);
  return [
    ...when(
      isFile,
      'loop-over-file',
      'The vault is a file: its filesystem queues once already, and a second queue costs time',
    ),
    ...when(
      !isFile && isRotational === false,
      'disk-quick',
      'Nothing in the disk turns: handing each request to another thread costs more than it saves',
    ),
    ...when(
      true,
      'streams-differ',
      'For few large streams the queues may be quicker nevertheless: measuring tells',
    ),
    ...when(
      isDoubtful,
      'read-flag-doubtful',
      'Inline reads are void on this kernel for many drives, so only writes are inline',
    ),
  ];
}

function remarks({ sectorBytes, disk }: KernelFacts): AdviceReason[] {
  return [
    ...when(
      sectorBytes !== null && sectorBytes < LARGE_SECTOR_BYTES,
      'sector-small',
      `Encrypted by ${sectorBytes} bytes: a vault with sectors of 4096 gains more than any flag`,
    ),
    ...when(
      disk === null,
      'disk-unknown',
      'The disk below is not known: nothing speaks against it',
    ),
  ];
}

function when(isTrue: boolean, code: AdviceReason['code'], text: string): AdviceReason[] {
  return isTrue ? [{ code, text }] : [];
}
