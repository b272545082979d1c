/** One event in the log. Facts hold no secret; paths in them are replaced. */
export type LogEntry = Readonly<{
  /** Milliseconds since 1970. */
  atMs: number;
  event: string;
  facts: Readonly<Record<string, string>>;
}>;
