import { createServer, type AddressInfo, type Socket } from 'node:net';
import { timingSafeEqual } from 'node:crypto';
import ssh2, { type Connection } from 'ssh2';
import { generatePrivateKey, readPrivateKey } from '../../src/guest/private-key.js';

/** How the server answers a command. `hang` never answers; `break` drops the connection. */
export type Answer =
  { readonly code: number; readonly stdout?: string; readonly stderr?: string } | 'hang' | 'break';

export interface SshServer {
  readonly port: number;
  /** Commands that were run, in order. */
  readonly commands: readonly string[];
  /** Logins that were refused. */
  readonly refused: () => number;
  /** Connections open at the moment. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A new key pair, as texts. */
export async function newKeyPair(): Promise<{ private: string; public: string }> {
  const { text, publicKey } = await readPrivateKey(await generatePrivateKey('ed25519'), 'a new key', '');
  return { private: text, public: publicKey };
}

/** A real SSH server on loopback that lets `user` in with `publicKey`. */
export async function startSshServer(options: {
  readonly user: string;
  readonly publicKey: string;
  readonly answer?: (command: string) => Answer;
  /** Hangs up when somebody wants to log in. */
  readonly hangsUp?: boolean;
  readonly host?: string;
  readonly port?: number;
}): Promise<SshServer> {
  const hostKey = await generatePrivateKey('ed25519');
  const commands: string[] = [];
  const open = new Set<Connection>();
  let refused = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      if (options.hangsUp === true) {
        connection.end();
        return;
      }
      const isOurs = context.username === options.user && context.method === 'publickey';
      if (isOurs && isKey(options.publicKey, context.key.data)) context.accept();
      else {
        if (context.method === 'publickey') refused += 1;
        context.reject(['publickey']);
      }
    });
    connection.on('session', (acceptSession) => {
      acceptSession().on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command);
        const answer = options.answer?.(command) ?? { code: 127, stderr: `sh: ${command}: not found\n` };
        const channel = acceptExec();
        if (answer === 'hang') return;
        if (answer === 'break') {
          connection.end();
          return;
        }
        if (answer.stdout !== undefined) channel.write(answer.stdout);
        if (answer.stderr !== undefined) channel.stderr.write(answer.stderr);
        channel.exit(answer.code);
        channel.end();
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => resolve());
  });
  return {
    port: portOf(server.address()),
    commands,
    refused: () => refused,
    connections: () => open.size,
    close: async () => {
      for (const connection of open) connection.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** A TCP server that accepts and then says the greeting; `nothing` says nothing, `hang up` hangs up. */
export async function startTcpServer(
  greeting: string,
  at: { readonly port?: number; readonly host?: string } = {},
): Promise<{
  readonly port: number;
  /** Ends all connections from the server's side. */
  drop(): void;
  close(): Promise<void>;
}> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (greeting === 'hang up') socket.destroy();
    else if (greeting !== 'nothing') socket.write(greeting);
  });
  await new Promise<void>((resolve) => {
    server.listen(at.port ?? 0, at.host ?? '127.0.0.1', () => resolve());
  });
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: portOf(server.address()),
    drop,
    close: async () => {
      drop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** A port on loopback at which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = await startTcpServer('nothing');
  await server.close();
  return server.port;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

function isKey(line: string, given: Buffer): boolean {
  const expected = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  return expected.length === given.length && timingSafeEqual(expected, given);
}
