import { lstatSync, rmSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PluginProcess } from '../libmachine/index.js';
import type { Clock } from '../support/index.js';
import { removeDeadSockets } from './dead-sockets.js';
import { frame, FrameReader, helloFrom, type Hello } from './frames.js';
import { listenForLaunchers, type LauncherConnection, type LauncherListener } from './launcher-server.js';
import { SessionProcess } from './session-process.js';
import { isPrivate, markOf } from './start-agent.js';

export interface AgentDependencies {
  /** Where launchers of this user and this build come. */
  readonly socketPath: string;
  /** One whole session of a plugin; resolves to its exit code. */
  readonly serve: (process: PluginProcess) => Promise<number>;
  readonly clock: Clock;
  /** The agent ends when no launcher has come for so long, ms. */
  readonly idleLimit?: number | undefined;
  /** Told when launchers can come. */
  readonly onReady?: (() => void) | undefined;
  /** Tells of signals to end. */
  readonly onSignal?: ((listener: () => void) => void) | undefined;
  readonly onFault?: ((listener: (error: unknown) => void) => void) | undefined;
}

const IDLE_LIMIT = 5 * 60_000;
/** How often it looks whether it is still wanted, ms. */
const TICK = 2_000;
const HELLO_LIMIT = 10_000;

/**
 * Serves sessions of plugins until no launcher has come for a while, or its socket is not there any more: a launcher that found
 * it hung has taken it away. Sessions that run then go on to their end. Only its own user can come: the folder is private.
 */
export async function runAgent(dependencies: AgentDependencies): Promise<number> {
  const agent = new Agent(dependencies);
  return await agent.run();
}

class Agent {
  readonly #parts: AgentDependencies;
  readonly #sessions = new Set<SessionProcess>();
  readonly #network = networkNamespace();
  /** The last hello, as long as sessions run: the launchers of one client say the same. */
  #said: { readonly bytes: Buffer; readonly hello: Hello } | undefined;
  #idleSince: number;
  /** Something was thrown that no session has caught: what runs goes on, and no other session is begun. */
  #isSick = false;

  constructor(parts: AgentDependencies) {
    this.#parts = parts;
    this.#idleSince = parts.clock.now();
  }

  async run(): Promise<number> {
    const { socketPath, clock, onReady, onFault, onSignal, idleLimit = IDLE_LIMIT } = this.#parts;
    if (!isPrivate(dirname(socketPath))) return 1;
    const server = await listenForLaunchers(socketPath, (connection) => this.#receive(connection));
    if (server === undefined) return 1;
    await chmod(socketPath, 0o600);
    const { ino } = statSync(socketPath);
    onFault?.((error) => this.#fault(error));
    onSignal?.(() => {
      this.#isSick = true;
      for (const session of this.#sessions) session.agentEnds();
    });
    rmSync(markOf(socketPath), { force: true });
    onReady?.();
    void removeDeadSockets(socketPath);
    for (;;) {
      await clock.sleep(TICK);
      // A socket that is there is taken away by a launcher, which then starts another agent.
      if (this.#isSick || inodeOf(socketPath) !== ino) break;
      const isIdle = this.#sessions.size === 0 && clock.now() - this.#idleSince > idleLimit;
      if (!isIdle && isPrivate(dirname(socketPath))) continue;
      rmSync(socketPath, { force: true });
      break;
    }
    // Who has come before it was taken away is served.
    do await clock.sleep(TICK);
    while (this.#sessions.size > 0);
    // Closed, it would take away the socket of that name, which may be another agent's by now.
    server.unref();
    return 0;
  }

  #receive(connection: LauncherConnection): LauncherListener {
    const reader = new FrameReader();
    let session: SessionProcess | undefined;
    const silence = setTimeout(() => connection.destroy(), HELLO_LIMIT);
    return {
      onData: (piece) => {
        try {
          for (const one of reader.take(piece)) {
            if (session !== undefined) session.receive(one);
            else if (connection.isOpen) session = this.#begin(one.bytes, connection);
          }
        } catch {
          connection.destroy();
        }
        if (session !== undefined) clearTimeout(silence);
      },
      onRoom: () => session?.roomMade(),
      onClose: () => {
        clearTimeout(silence);
        session?.launcherGone();
      },
    };
  }

  /** A launcher that no agent can serve is told so; one that comes to a sick agent looks for another one. */
  #begin(bytes: Buffer, connection: LauncherConnection): SessionProcess | undefined {
    if (this.#isSick) {
      connection.destroy();
      return undefined;
    }
    const hello = this.#said?.bytes.equals(bytes) === true ? this.#said.hello : helloFrom(bytes);
    if (hello?.network !== this.#network) {
      connection.write(frame('L', new Uint8Array(0)));
      connection.end();
      return undefined;
    }
    this.#said = { bytes, hello };
    const session = new SessionProcess(hello, connection);
    this.#sessions.add(session);
    void this.#serve(session, connection);
    return session;
  }

  async #serve(session: SessionProcess, connection: LauncherConnection): Promise<void> {
    try {
      await session.exit(await this.#parts.serve(session));
    } catch (error) {
      this.#fault(error);
      connection.destroy();
    } finally {
      this.#sessions.delete(session);
      if (this.#sessions.size === 0) this.#said = undefined;
      this.#idleSince = this.#parts.clock.now();
    }
  }

  #fault(error: unknown): void {
    this.#isSick = true;
    for (const session of this.#sessions) session.fault(error);
  }
}

function inodeOf(path: string): number | undefined {
  try {
    return lstatSync(path).ino;
  } catch {
    return undefined;
  }
}

function networkNamespace(): string {
  try {
    return statSync('/proc/self/ns/net').ino.toString(16);
  } catch {
    return '';
  }
}
