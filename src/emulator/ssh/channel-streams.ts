import type { ServerChannel } from 'ssh2';
import type { Writable } from 'node:stream';
import { Errno } from '../filesystem/index.js';
import type { ByteSink, ByteSource } from '../os/streams.js';

/** What the client sends, until it says end of file or goes away. */
export function channelSource(channel: ServerChannel): ByteSource {
  let ended = false;
  let wake: (() => void) | undefined;
  const changed = () => {
    wake?.();
    wake = undefined;
  };
  const end = () => {
    ended = true;
    changed();
  };
  channel.on('readable', changed);
  channel.once('end', end);
  channel.once('close', end);
  return {
    read: async () => {
      for (;;) {
        const chunk: unknown = channel.read();
        if (chunk instanceof Uint8Array) return chunk;
        if (ended) return undefined;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** What the client gets; a client that does not read holds the writer up. */
export function channelSink(channel: ServerChannel, stream: Writable = channel): ByteSink {
  return {
    write: async (bytes) => {
      if (!stream.writable || channel.destroyed) throw new Errno('EPIPE');
      if (stream.write(bytes)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.removeListener('drain', done);
          channel.removeListener('close', done);
          resolve();
        };
        stream.once('drain', done);
        channel.once('close', done);
      });
    },
  };
}
