import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron/main';
import { z } from 'zod';

/** What a second Lockline hands to the first. SECURITY: any program of the user could say it. */
const handedOverSchema = z.object({ files: z.array(z.string().min(1).max(4096)).max(64) });

/**
 * Containers that the desktop asks the app to open: by the arguments of its start, by a second start,
 * or by macOS's event. They are kept until somebody can take them, in order.
 */
export class OpenedFiles {
  readonly #waiting: string[];
  #take: ((path: string) => Promise<void>) | undefined;

  /**
   * @param args - Paths, or `file:` URLs as desktops give them.
   * @param workingFolder - From which relative paths count.
   */
  constructor(args: readonly string[], workingFolder: string) {
    this.#waiting = args.flatMap((arg) => readPath(arg, workingFolder) ?? []);
  }

  /** What waits, as absolute paths. */
  get paths(): readonly string[] {
    return [...this.#waiting];
  }

  /** Listens to the system; has to be called before Electron is ready. */
  listen(): void {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#add([path]);
    });
    app.on('second-instance', (_event, _args, _folder, handedOver) => {
      this.#add(handedOverSchema.safeParse(handedOver).data?.files ?? []);
    });
  }

  /** Hands over what waits, and from now on whatever comes. @param take - Throws nothing. */
  async follow(take: (path: string) => Promise<void>): Promise<void> {
    this.#take = take;
    for (const path of this.#waiting.splice(0)) await take(path);
  }

  #add(paths: readonly string[]): void {
    if (this.#take === undefined) this.#waiting.push(...paths);
    else for (const path of paths) void this.#take(path);
  }
}

/** Returns an absolute path; undefined for an address that is no file of this computer. */
function readPath(arg: string, workingFolder: string): string | undefined {
  if (!arg.startsWith('file:')) return resolve(workingFolder, arg);
  try {
    return fileURLToPath(arg);
  } catch {
    return undefined;
  }
}
