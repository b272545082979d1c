import { KERNEL_FLAGS } from '../../../shared/model/dmcrypt.ts';
import {
  changePersistentFlags,
  type FlagChanges,
  type FlagReport,
} from '../../services/dmcrypt-flags.ts';
import { printResult } from '../output.ts';
import { describeWarnings, parseFlags } from '../parse-flags.ts';
import { realContainerPath } from '../real-path.ts';
import { badArgument } from '../usage-error.ts';

type Options = Readonly<{ set?: string; add?: string; remove?: string; json?: boolean }>;

/** `lockline dmcrypt flags`: the flags in the header with which every activation begins. */
export async function dmcryptFlags(file: string, options: Options): Promise<void> {
  const path = realContainerPath(file);
  const report = changePersistentFlags(path, parseChanges(options));
  printResult(options.json, { path, ...report }, describe(report));
}

function parseChanges({ set, add, remove }: Options): FlagChanges {
  if (set !== undefined && (add ?? remove) !== undefined) {
    throw badArgument('--set with --add or --remove');
  }
  return {
    ...(set === undefined ? {} : { set: parseFlags(set, '--set') }),
    ...(add === undefined ? {} : { add: parseFlags(add, '--add') }),
    ...(remove === undefined ? {} : { remove: parseFlags(remove, '--remove') }),
  };
}

function describe({ flags, others, warnings }: FlagReport): string {
  const lines = flags.map((name) => `${name}\n  ${KERNEL_FLAGS[name].about}`);
  if (others.length > 0) lines.push(`Others in the header: ${others.join(', ')}`);
  if (warnings.length > 0) lines.push('Note', ...describeWarnings(warnings));
  return lines.length === 0 ? 'No flags' : lines.join('\n');
}
