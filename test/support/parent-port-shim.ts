import { EventEmitter } from 'node:events';

/** Loaded before an entry of a utility process: `process.parentPort` over the channel of `fork()`. */
const port = new EventEmitter();
process.on('message', (data) => {
  port.emit('message', { data });
  // The port keeps no utility process alive.
  process.channel?.unref();
});
Object.assign(process, { parentPort: port });
