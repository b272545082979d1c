import { serveMemory } from '../unit/mount/serve-memory.ts';

/**
 * A process of its own that serves a filesystem in memory on the folder it is given. Prints
 * `ready`, waits for its standard input to end, unmounts and prints what was left as JSON; the word
 * `exit` there makes it leave without an unmount. A second argument is the path of its faults.
 *
 * @see MemoryFileSystemOptions
 */

const [mountPoint = '', faultPath] = process.argv.slice(2);
const fileSystem = faultPath === undefined ? {} : { faultPath };
const mount = await serveMemory({ mountPoint, fileSystem });
process.stdout.write('ready\n');
for await (const chunk of process.stdin) {
  if (String(chunk) === 'exit') process.exit(3);
}
process.stdout.write(`${JSON.stringify(await mount.unmount())}\n`);
