import { OperationError } from '../../support/index.js';
import type { newHttpsServer } from './server.js';

/** Where a server that listens everywhere can be reached from this machine. */
const WILDCARDS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

export interface Listening {
  /** An address that clients on this machine can use. */
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** Rejects with OperationError `unreachable` when the port cannot be had. */
export async function listen(
  app: ReturnType<typeof newHttpsServer>,
  host: string,
  wantedPort: number,
): Promise<Listening> {
  try {
    await app.listen({ host, port: wantedPort });
  } catch (error) {
    throw new OperationError({
      code: 'unreachable',
      attempted: `listen on ${host}:${String(wantedPort)}`,
      problem: error instanceof Error ? error.message : String(error),
      advice: 'Choose another port, or 0 for any free one.',
      cause: error,
    });
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : wantedPort;
  const reachable = WILDCARDS.get(host) ?? host;
  const urlHost = reachable.includes(':') ? `[${reachable}]` : reachable;
  return { host: reachable, port, url: `https://${urlHost}:${String(port)}` };
}
