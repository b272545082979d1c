import type { Channel } from '../../shared/ipc/channels.ts';
import type { Output } from '../../shared/ipc/contract.ts';
import { createFrameCodec } from '../../shared/ipc/frame.ts';
import type { Result } from '../../shared/ipc/result.ts';
import type { SocketReply } from '../../shared/ipc/socket-messages.ts';
import type { WindowApi } from '../../shared/ipc/window-api.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';

const codec = createFrameCodec({
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
});

/** The window's API over the browser host's WebSocket. */
export type SocketTransport = WindowApi &
  Readonly<{
    /** Calls `listener` once, when the connection is gone: Lockline was ended. */
    onDisconnect(listener: () => void): () => void;
  }>;

/** Connects to the host that served the page. */
export function connectSocket(pageUrl: string): SocketTransport {
  const url = new URL('ipc', pageUrl);
  url.protocol = 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const pending = new Map<number, PromiseWithResolvers<Result<unknown>>>();
  const snapshotListeners = new Set<(snapshot: AppSnapshot) => void>();
  const isOpen = new Promise<void>((resolve) => {
    socket.addEventListener('open', () => resolve(), { once: true });
  });
  let latest: AppSnapshot | undefined;
  let nextId = 0;

  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    const reply = codec.decode(new Uint8Array(data)) as SocketReply; // from our own host
    if ('event' in reply) {
      latest = reply.payload;
      for (const listener of snapshotListeners) listener(reply.payload);
      return;
    }
    pending.get(reply.id)?.resolve(reply.result);
    pending.delete(reply.id);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of pending.values()) reject(new Error('Lockline has ended'));
    pending.clear();
  });

  return {
    async invoke<C extends Channel>(channel: C, input: unknown): Promise<Result<Output<C>>> {
      await isOpen;
      const id = nextId++;
      const answer = Promise.withResolvers<Result<unknown>>();
      pending.set(id, answer);
      const frame = codec.encode({ id, channel, input });
      socket.send(frame);
      frame.fill(0);
      // Main's router answers every channel with a Result of this channel's output.
      return (await answer.promise) as Result<Output<C>>;
    },
    onSnapshot(listener) {
      snapshotListeners.add(listener);
      if (latest !== undefined) listener(latest);
      return () => snapshotListeners.delete(listener);
    },
    onDisconnect(listener) {
      socket.addEventListener('close', listener, { once: true });
      return () => socket.removeEventListener('close', listener);
    },
  };
}
