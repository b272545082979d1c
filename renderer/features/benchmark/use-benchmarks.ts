import { useSessionStorage } from '@mantine/hooks';
import { useCallback, useEffect, useState } from 'react';
import {
  type BenchmarkChoices,
  type BenchmarkGroup,
  type BenchmarkReport,
  DEFAULT_BENCHMARK_CHOICES,
  type KeptReport,
  type MachineFacts,
  type StorageTest,
} from '../../../shared/model/benchmark.ts';
import type { JobSnapshot } from '../../../shared/model/job.ts';
import { VERSION } from '../../../shared/version.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { useSnapshot } from '../../store/store-context.tsx';
import { useCommand } from '../../store/use-command.ts';

/** How the next benchmark is run. */
export type RunChoice = Readonly<{
  vaultId: string | null;
  isQuick: boolean;
  choices: BenchmarkChoices;
}>;

/** As long as the window is open; another version may know other choices. */
const CHOICE_KEY = `benchmark-choice-${VERSION}`;
const FIRST_CHOICE: RunChoice = {
  vaultId: null,
  isQuick: false,
  choices: DEFAULT_BENCHMARK_CHOICES,
};

/** The benchmarks of this machine and the run under way. */
export type Benchmarks = Readonly<{
  /** Null while main is asked. */
  reports: readonly KeptReport[] | null;
  machine: MachineFacts | null;
  /** The run under way, whoever started it. */
  job: JobSnapshot | null;
  /** Why the last one was refused or failed; null while one runs. */
  error: unknown;
  choice: RunChoice;
  choose(changes: Partial<RunChoice>): void;
  /** @param tests - Of storage; all four where they are not named. */
  run(groups: readonly BenchmarkGroup[], tests?: readonly StorageTest[]): void;
  cancel(): void;
  forget(id: number): void;
}>;

/** Follows the benchmarks that main keeps. */
export function useBenchmarks(): Benchmarks {
  const bridge = useBridge();
  const [reports, setReports] = useState<readonly KeptReport[] | null>(null);
  const [machine, setMachine] = useState<MachineFacts | null>(null);
  const [held, setChoice] = useSessionStorage({ key: CHOICE_KEY, defaultValue: FIRST_CHOICE });
  const { jobs, vaults } = useSnapshot();
  const isKnown = vaults.some(({ id }) => id === held.vaultId);
  const choice = isKnown ? held : { ...held, vaultId: null };
  const { vaultId, isQuick } = choice;
  const reload = useCallback(() => {
    bridge.call('benchmark.list', {}).then(setReports, () => setReports([]));
  }, [bridge]);
  const command = useCommand();
  const runs = jobs.filter(({ kind }) => kind === 'benchmark');
  const job = runs.find(({ state }) => state === 'running') ?? null;
  const last = runs.at(-1);
  // Another report is there once a run has ended; asked for at the start, too.
  const endedId = last?.state === 'done' ? last.id : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: main keeps another report when a run has ended; its number is not needed to ask for it
  useEffect(reload, [reload, endedId]);
  useEffect(() => {
    let isGone = false;
    bridge.call('benchmark.machine', { vaultId }).then(
      (facts) => {
        if (!isGone) setMachine(facts);
      },
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [bridge, vaultId]);
  return {
    reports,
    machine,
    job,
    error: job === null ? (command.error ?? failureOf(last)) : null,
    choice,
    choose: (changes) => setChoice((before) => ({ ...before, ...changes })),
    run: (groups, tests) => {
      const storage = { ...choice.choices.storage, ...(tests && { tests }) };
      const choices = { ...choice.choices, storage };
      const request = { groups: [...groups], isQuick, choices };
      if (last?.state === 'failed') bridge.send('job.dismiss', { jobId: last.id });
      void command.run(() => bridge.call('benchmark.run', { vaultId, request }));
    },
    cancel: () => {
      if (job !== null) bridge.send('job.cancel', { jobId: job.id });
    },
    forget: (id) => {
      bridge.call('benchmark.remove', { id }).then(reload, reload);
    },
  };
}

function failureOf(job: JobSnapshot | undefined): unknown {
  return job?.state === 'failed' && !job.isDismissed ? job.error : null;
}

/** Returns the newest report that has figures of any of these groups. */
export function latestWith(
  reports: readonly KeptReport[],
  groups: readonly BenchmarkGroup[],
): BenchmarkReport | null {
  const found = reports.find(
    ({ report }) =>
      report.rows.some(({ group }) => groups.includes(group)) ||
      report.unavailable.some(({ group }) => groups.includes(group)),
  );
  return found?.report ?? null;
}
