/** A command: its arguments as commander hands them over, then its options. */
type Run = (...values: unknown[]) => Promise<void>;

/** Loads a command's module when it runs: start-up is part of what a user waits for. */
export function lazily<M, K extends keyof M>(load: () => Promise<M>, name: K): Run {
  return async (...values: unknown[]) => {
    const command: unknown = (await load())[name];
    await (command as Run)(...values); // every command has this shape
  };
}
