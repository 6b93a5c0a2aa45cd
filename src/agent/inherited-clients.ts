import { readFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import type { ClientConnection, ClientSource } from '../libmachine/index.js';
import { arrivalIn } from './frames.js';
import { ReplayedConnection } from './replayed-connection.js';

/**
 * What the launcher leaves to the program that it becomes when it has lost its agent. `handed`: three descriptors of this
 * process, `listener client journal`: the listening socket whose address the client knows, the client's connection (-1 = none
 * has come yet) and a file with the bytes of the frame O.
 */
export function inheritedClients(handed: string): ClientSource {
  const [listener = -1, client = -1, journal = -1] = handed.split(' ').map(Number);
  return {
    take: (receive) => {
      createServer({ allowHalfOpen: true, pauseOnConnect: true }, receive).listen({ fd: listener });
      if (client < 0) return;
      const { isOpened, steps } = arrivalIn(readFileSync(`/proc/self/fd/${journal}`));
      receive(new ReplayedConnection(Object.assign(adopted(client), { isOpened }), steps));
    },
  };
}

/** The packaged runtime takes an open socket only by `connect` (Bun 1.4.5: `new Socket({ fd })` reads and writes nothing). */
function adopted(fd: number): ClientConnection {
  const taking: { fd: number; port: number } = { fd, port: 0 };
  return new Socket({ allowHalfOpen: true }).connect(taking);
}
