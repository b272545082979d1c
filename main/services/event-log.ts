import type { LogEntry } from '../../shared/model/log-entry.ts';

/** Events kept; the oldest goes first. */
const KEPT_ENTRIES = 500;
/** From a slash to the end of the line, but for what closes it: names have spaces and quotes, too. */
const PATH = /~?\/(?:[^\n]*[^\n"'()])?/g;

/**
 * Keeps the last events of this run for people to look at. Paths tell what somebody owns, so each is
 * replaced by a number that stays the same within a run.
 */
export class EventLog {
  readonly #entries: LogEntry[] = [];
  readonly #paths = new Map<string, string>();

  /** Adds an event. */
  readonly add = (event: string, facts: Readonly<Record<string, string>>): void => {
    const redacted = Object.entries(facts).map(([key, value]) => [key, this.#redact(value)]);
    this.#entries.push({ atMs: Date.now(), event, facts: Object.fromEntries(redacted) });
    if (this.#entries.length > KEPT_ENTRIES) this.#entries.shift();
  };

  /** Returns the events, the oldest first. */
  list(): readonly LogEntry[] {
    return [...this.#entries];
  }

  #redact(text: string): string {
    return text.replaceAll(PATH, (path) => {
      const known = this.#paths.get(path) ?? `<path ${this.#paths.size + 1}>`;
      this.#paths.set(path, known);
      return known;
    });
  }
}
