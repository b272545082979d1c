import type { KernelFlagName } from '../../../shared/model/dmcrypt.ts';
import type { KernelAdvice } from '../../../shared/model/kernel-advice.ts';
import { formatSize } from '../../../shared/units.ts';
import { adviseKernelFlags } from '../../services/dmcrypt-advice.ts';
import { type FlagMeasurement, measureFlags } from '../../services/measure-flags.ts';
import { openVaults } from '../known-vaults.ts';
import { printResult } from '../output.ts';
import { describeWarnings } from '../parse-flags.ts';
import { realContainerPath } from '../real-path.ts';
import { badOption } from '../usage-error.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Options = Readonly<{ measure?: boolean; seconds: string; json?: boolean }>;

const SECONDS = { least: 0.1, most: 60 };

/** `lockline dmcrypt advise`: which flags suit a vault here, and why; measured where that is wanted. */
export async function dmcryptAdvise(file: string, options: Options): Promise<void> {
  const path = realContainerPath(file);
  const advice = adviseKernelFlags(path);
  const roundMs = parseSeconds(options.seconds) * 1000;
  const measurement = options.measure === true ? await measure(path, advice.flags, roundMs) : null;
  printResult(
    options.json,
    { path, ...advice, measurement },
    [...describeAdvice(advice), ...describeMeasurement(measurement)].join('\n'),
  );
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,2}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= SECONDS.least && seconds <= SECONDS.most) return seconds;
  throw badOption('--seconds', `${SECONDS.least} to ${SECONDS.most}`);
}

async function measure(
  path: string,
  flags: readonly KernelFlagName[],
  roundMs: number,
): Promise<FlagMeasurement> {
  using known = openVaults();
  return await withInterrupt((signal) =>
    measureFlags(known.vaults, path, flags, { roundMs, signal }),
  );
}

function describeAdvice({ flags, reasons, warnings, facts }: KernelAdvice): readonly string[] {
  const disk = facts.disk === null ? 'unknown disk' : facts.disk;
  return [
    `Advised: ${flags.join(', ') || 'no flags'}`,
    ...reasons.map(({ text }) => `  ${text}`),
    ...describeWarnings(warnings),
    `Seen: Linux ${facts.kernelRelease ?? 'no'}, ${disk}, ${facts.processors} processors, ${facts.cipher ?? 'unknown cipher'}`,
  ];
}

function describeMeasurement(measurement: FlagMeasurement | null): readonly string[] {
  if (measurement === null) return [];
  const { before, after, verdict, kept } = measurement;
  const arm = (
    flags: readonly KernelFlagName[],
    { meanBytesPerSecond, p99Us }: typeof verdict.after,
  ) =>
    `  ${flags.join(', ') || 'no flags'}: ${formatSize(Math.round(meanBytesPerSecond))}/s, p99 ${Math.round(p99Us)} µs`;
  return [
    `Measured: ${(verdict.gain * 100).toFixed(1)} % ${verdict.isWin ? 'won' : 'is no win outside the noise'}`,
    arm(before, verdict.before),
    arm(after, verdict.after),
    `In force: ${kept.join(', ') || 'no flags'}`,
  ];
}
