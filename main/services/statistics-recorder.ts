import { isSameMount, toHistoryPoint } from '../../shared/history-point.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import type { StatisticsRepository } from '../store/statistics-repository.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { readStatus } from './list-vaults.ts';
import { livingSessions } from './open-sessions.ts';
import { sessionOf } from './vault-snapshots.ts';

const RECORD_MS = 10_000;
const PRUNE_MS = 60 * 60 * 1000;

/**
 * Keeps the time series of mounted vaults while the app runs: a point every ten seconds in which
 * requests were served, dropped after a week.
 */
export class StatisticsRecorder implements Disposable {
  readonly #vaults: VaultRepository;
  readonly #series: StatisticsRepository;
  /** What each session said at the last look, by session id. */
  readonly #seen = new Map<string, VolumeStatistics>();
  #timer: NodeJS.Timeout | undefined;
  #prunedMs = Number.NEGATIVE_INFINITY;

  constructor(vaults: VaultRepository, series: StatisticsRepository) {
    this.#vaults = vaults;
    this.#series = series;
  }

  /** Records from now on. */
  start(): void {
    // A point that cannot be had or stored is left out; the series goes on with the next.
    this.#timer ??= setInterval(() => void this.record().catch(() => {}), RECORD_MS).unref();
  }

  /** Records one point of each mounted vault that has served requests since the last look. */
  async record(nowMs = Date.now()): Promise<void> {
    const records = this.#vaults.list();
    const sessions = livingSessions();
    for (const session of sessions) {
      const record =
        records.find(({ path }) => path === session.path) ??
        records.find((known) => sessionOf(known, [session]) !== undefined);
      const statistics = record && (await readStatus(session))?.statistics;
      if (record === undefined || !statistics) continue;
      const before = this.#seen.get(session.sessionId);
      this.#seen.set(session.sessionId, statistics);
      if (before === undefined || !isSameMount(before, statistics)) continue;
      const point = toHistoryPoint(before, statistics);
      if (point.readRequests + point.writeRequests === 0) continue;
      if (this.#vaults.find(record.id) !== undefined) this.#series.add(record.id, point);
    }
    for (const id of this.#seen.keys()) {
      if (!sessions.some(({ sessionId }) => sessionId === id)) this.#seen.delete(id);
    }
    if (nowMs - this.#prunedMs < PRUNE_MS) return;
    this.#prunedMs = nowMs;
    this.#series.prune(nowMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
