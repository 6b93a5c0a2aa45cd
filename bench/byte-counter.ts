import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** Stands between a client and a server of this machine and counts what goes through, TLS and all. */
export interface ByteCounter {
  readonly port: number;
  /** Bytes in both directions since the last call. */
  take(): number;
  close(): void;
}

export async function countBytes(host: string, port: number): Promise<ByteCounter> {
  let bytes = 0;
  const server = createServer((client) => {
    const target = connect(port, host);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => (bytes += chunk.length));
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    take: () => {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    close: () => void server.close(),
  };
}
