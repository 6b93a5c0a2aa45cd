import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { ClientConnection, ClientSource, PluginProcess } from '../libmachine/index.js';
import type { LineSink } from '../logging/index.js';
import { FrameSink } from './frame-sink.js';
import { FramedConnection } from './framed-connection.js';
import { arrivalIn, frame, LONGEST_TO_LAUNCHER, type Frame, type FrameType, type Hello } from './frames.js';
import type { LauncherConnection } from './launcher-server.js';
import { ReplayedConnection } from './replayed-connection.js';

/** How long a launcher gets to take the last lines, ms. */
const LAST_LINES = 500;
/** Lines for the client's log wait so long for something to go with, ms: each write wakes the launcher and the client. */
const LOG_DELAY = 100;
const NOTHING = new Uint8Array(0);

/** A session's process as its plugin sees it: the launcher's environment and folder, and its output and its client by frames. */
export class SessionProcess implements PluginProcess {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly clients: ClientSource;
  readonly #hello: Hello;
  readonly #outbox: Outbox;
  readonly #sinks: Readonly<Record<1 | 2, LineSink>>;
  readonly #launcher: LauncherConnection;
  #connection: FramedConnection | undefined;
  /** What the plugin has of it; it stays behind a connection that was begun with another agent. */
  #offered: ClientConnection | undefined;
  #receive: (connection: ClientConnection) => void = () => undefined;
  #signalled: (name: string, number: number) => void = () => undefined;
  #faulted: (error: unknown) => void = () => undefined;
  #hasLauncher = true;
  /** Calls that change something and wait for the launcher. */
  #waiting: (() => void)[] = [];
  #mayChange = false;

  constructor(hello: Hello, launcher: LauncherConnection) {
    this.arguments = hello.arguments;
    this.environment = hello.environment;
    this.#hello = hello;
    this.#launcher = launcher;
    this.#outbox = new Outbox(launcher);
    this.#sinks = { 1: this.#sinkOf('1'), 2: this.#sinkOf('2') };
    this.clients = {
      take: (receive) => {
        this.#receive = receive;
        if (this.#offered !== undefined) receive(this.#offered);
      },
    };
  }

  folder(): string {
    return this.#hello.folder;
  }

  output(descriptor: 1 | 2): LineSink {
    return this.#sinks[descriptor];
  }

  /** A number of no process stands for a client that has ended. */
  parent(): number {
    const { client } = this.#hello;
    return this.#hasLauncher && existsSync(`/proc/${client}`) ? client : 0;
  }

  parentArguments(): readonly string[] {
    try {
      return readFileSync(`/proc/${this.#hello.client}/cmdline`, 'utf8').split('\0').slice(1);
    } catch {
      return [];
    }
  }

  onSignal(listener: (name: string, number: number) => void): void {
    this.#signalled = listener;
  }

  onFault(listener: (error: unknown) => void): void {
    this.#faulted = listener;
  }

  fault(error: unknown): void {
    this.#faulted(error);
  }

  /**
   * Resolves when the launcher knows it, and so will not have the call made once more by another process. A launcher that has
   * given this agent up meanwhile does not answer: then the call is never begun.
   */
  async beforeChange(): Promise<void> {
    if (this.#mayChange) return;
    this.#outbox.send('N', NOTHING);
    this.#outbox.flush();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  willEnd(): void {
    this.#outbox.holdBack();
  }

  /** The launcher then does what it does without an agent. */
  leave(): void {
    this.#outbox.send('L', NOTHING);
    this.#outbox.flush();
    this.#launcher.end();
  }

  /** The agent ends: the launcher goes on without it, unless a call that changes something was begun; that one is aborted. */
  agentEnds(): void {
    if (this.#mayChange) this.#signalled('SIGTERM', constants.signals.SIGTERM);
    else this.#launcher.destroy();
  }

  /** What the launcher sends after its hello. */
  receive({ type, bytes }: Frame): void {
    if (type === 'D' && this.#connection?.arrived(bytes) === false) this.#launcher.pause();
    if (type === 'O') this.#opened(bytes);
    if (type === 'E') this.#connection?.ended();
    if (type === 'C') this.#connection?.gone();
    if (type === '?') this.#outbox.send('?', NOTHING);
    if (type === 'N') this.#allowed();
    if (type !== 'S') return;
    const number = bytes[0] ?? 0;
    const name = Object.entries(constants.signals).find(([, known]) => known === number)?.[0];
    this.#signalled(name ?? String(number), number);
  }

  /** The launcher takes more. */
  roomMade(): void {
    this.#outbox.roomMade();
  }

  /** The launcher has ended: no client is there for the answers. */
  launcherGone(): void {
    this.#hasLauncher = false;
    this.#outbox.close();
    this.#connection?.gone();
    this.#signalled('SIGTERM', constants.signals.SIGTERM);
  }

  /** Sends what is left of the output, and the exit code behind it. */
  async exit(code: number): Promise<void> {
    await Promise.all([this.#sinks[1].flush(LAST_LINES), this.#sinks[2].flush(LAST_LINES)]);
    this.#outbox.send('X', Uint8Array.of(code));
    this.#outbox.flush();
    this.#launcher.end();
  }

  #sinkOf(type: '1' | '2'): LineSink {
    return new FrameSink(type, (...sent) => this.#outbox.send(...sent));
  }

  #allowed(): void {
    this.#mayChange = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  #opened(bytes: Buffer): void {
    const arrival = arrivalIn(bytes);
    const connection = new FramedConnection(
      arrival,
      (type, content, done) => this.#outbox.send(type, content, done),
      () => this.#launcher.resume(),
    );
    const { steps } = arrival;
    this.#connection = connection;
    this.#offered = steps.length === 0 ? connection : new ReplayedConnection(connection, steps);
    this.#receive(this.#offered);
  }
}

/** Behind these comes, as a rule, the exit code: all in one write. */
const LAST_ONES: ReadonlySet<FrameType> = new Set(['E', 'C']);

/** Frames that go out together: those of one turn of the event loop, and lines of the log with the next of the others. */
class Outbox {
  readonly #launcher: LauncherConnection;
  #waiting: Buffer[] = [];
  #waitForRoom: (() => void)[] = [];
  #isScheduled = false;
  #isHeldBack = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(launcher: LauncherConnection) {
    this.#launcher = launcher;
  }

  /** From now on, frames wait for those behind them. */
  holdBack(): void {
    this.#isHeldBack = true;
  }

  /** Nothing more goes out; who waits for room goes on. */
  close(): void {
    clearTimeout(this.#timer);
    this.roomMade();
  }

  send(type: FrameType, bytes: Uint8Array, done?: () => void): void {
    let at = 0;
    do this.#waiting.push(frame(type, bytes.subarray(at, (at += LONGEST_TO_LAUNCHER))));
    while (at < bytes.length);
    if (type === '2') {
      this.#timer ??= setTimeout(() => this.flush(), LOG_DELAY);
    } else if (this.#isHeldBack || LAST_ONES.has(type)) {
      setImmediate(() => this.flush());
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => this.flush());
    }
    if (this.#launcher.isFull) this.#waitForRoom.push(done ?? (() => undefined));
    else done?.();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isScheduled = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const [only] = waiting;
    if (only === undefined || !this.#launcher.isOpen) return;
    this.#launcher.write(waiting.length === 1 ? only : Buffer.concat(waiting));
  }

  roomMade(): void {
    const all = this.#waitForRoom;
    this.#waitForRoom = [];
    for (const done of all) done();
  }
}
