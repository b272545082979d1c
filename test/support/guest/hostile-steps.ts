import type { GuestStep, StepOutcome } from './boot-guest.ts';
import { HOSTILE_ARGUMENTS, HOSTILE_CALLERS, type HostileCase } from './hostile-arguments.ts';
import {
  HOSTILE_CONTAINERS,
  HOSTILE_INPUT,
  HOSTILE_MAPPINGS,
  HOSTILE_MOUNT_POINTS,
} from './hostile-things.ts';

const GROUPS: Readonly<Record<string, readonly HostileCase[]>> = {
  'hostile-arguments': HOSTILE_ARGUMENTS,
  'hostile-callers': HOSTILE_CALLERS,
  'hostile-input': HOSTILE_INPUT,
  'hostile-containers': HOSTILE_CONTAINERS,
  'hostile-mappings': HOSTILE_MAPPINGS,
  'hostile-mount-points': HOSTILE_MOUNT_POINTS,
};

/** All cases with the step that runs each. */
export const HOSTILE_CASES: readonly (HostileCase & Readonly<{ step: string }>)[] = Object.entries(
  GROUPS,
).flatMap(([step, cases]) => cases.map((hostile) => ({ ...hostile, step })));

/** What a refused call did: status, code, standard output, and whether the system is as before. */
export type HostileOutcome = Readonly<{
  status: number;
  code: string;
  answerBytes: number;
  isUnchanged: boolean;
  message: string;
}>;

function groupScript(cases: readonly HostileCase[]): string {
  const functions = cases.map(({ call }, index) => `case_${index}() {\n${call}\n}\n`).join('');
  const calls = cases.map(({ id }, index) => `try ${id} case_${index}\n`).join('');
  return `${functions}
before=$(state)
try() {
  "$2" >/tmp/answer 2>/tmp/errors; status=$?
  same=$(compared)
  last=$(tail -n 1 /tmp/errors); code=\${last#error }; code=\${code%% *}
  echo "@@hostile $1 $status \${code:-none} $(wc -c </tmp/answer) $same $last"
  [ $same = same ] || before=$(state)
}
${calls}`;
}

/** One step a group: the guest tries each call and says what came of it. */
export const HOSTILE_STEPS: readonly GuestStep[] = Object.entries(GROUPS).map(([name, cases]) => ({
  name,
  script: groupScript(cases),
}));

/** Reads what one case did from the output of its step. */
export function hostileOutcome(step: StepOutcome, id: string): HostileOutcome {
  const line = new RegExp(`^@@hostile ${id} (\\d+) (\\S+) (\\d+) (\\w+) (.*)$`, 'm').exec(
    step.output,
  );
  const [, status, code = '', answerBytes, same, message = ''] = line ?? [];
  return {
    status: Number(status),
    code,
    answerBytes: Number(answerBytes),
    isUnchanged: same === 'same',
    message,
  };
}
