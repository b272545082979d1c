import {
  KERNEL_FLAG_NAMES,
  KERNEL_FLAGS,
  KERNEL_PARAMETERS,
  warnAboutFlags,
} from '../../../shared/model/dmcrypt.ts';
import { kernelVersion } from '../../system/kernel-release.ts';
import { printResult } from '../output.ts';
import { describeWarnings } from '../parse-flags.ts';

/** `lockline dmcrypt explain`: every flag, what it does, since when, and what speaks against it here. */
export async function dmcryptExplain(options: Readonly<{ json?: boolean }>): Promise<void> {
  const kernel = kernelVersion();
  const flags = KERNEL_FLAG_NAMES.map((name) => ({
    ...KERNEL_FLAGS[name],
    warnings: warnAboutFlags([name], kernel),
  }));
  const parameters = Object.entries(KERNEL_PARAMETERS).map(([name, parameter]) => ({
    name,
    ...parameter,
  }));
  const lines = [
    ...flags.flatMap((flag) => [
      heading(flag),
      `  ${flag.about}`,
      ...describeWarnings(flag.warnings),
    ]),
    ...parameters.flatMap((parameter) => [heading(parameter), `  ${parameter.about}`]),
  ];
  printResult(options.json, { kernel, flags, parameters }, lines.join('\n'));
}

function heading({
  name,
  since,
}: Readonly<{ name: string; since: Readonly<{ major: number; minor: number }> }>): string {
  return `${name} (Linux ${since.major}.${since.minor})`;
}
