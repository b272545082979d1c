import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { AppSnapshot } from '../../shared/model/app.ts';
import type { LogEntry } from '../../shared/model/log-entry.ts';
import { dataFolder } from '../store/data-folder.ts';

/**
 * Returns what helps to find a fault: versions, machine, settings, states and the log. No name, no
 * path, no label and no UUID of any vault.
 */
export function describeForDiagnostics(
  { version, vaults, jobs, settings }: AppSnapshot,
  log: readonly LogEntry[],
): object {
  return {
    version,
    node: process.versions.node,
    electron: process.versions['electron'] ?? null,
    system: `${process.platform} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
    settings,
    vaults: vaults.map(({ state, backend, filesystem, engine, options, lastError }) => ({
      state,
      backend,
      filesystem,
      engine,
      options,
      lastError: lastError?.code ?? null,
    })),
    jobs: jobs.map(({ kind, state, phase, error }) => ({
      kind,
      state,
      phase,
      error: error?.code ?? null,
    })),
    log,
  };
}

/** Writes the diagnostics where only this user can read them, and returns the path. */
export function writeDiagnostics(snapshot: AppSnapshot, log: readonly LogEntry[]): string {
  const folder = join(dataFolder(), 'diagnostics');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const path = join(folder, `lockline-${time}.json`);
  const text = JSON.stringify(describeForDiagnostics(snapshot, log), null, 2);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}
