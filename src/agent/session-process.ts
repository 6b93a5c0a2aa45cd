import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { Writable } from 'node:stream';
import type { PluginProcess } from '../libmachine/index.js';
import { lineSinkOf, type LineSink } from '../logging/index.js';
import { frame, type Frame, type Hello } from './frames.js';

/** How long a launcher gets to take the last lines, ms. */
const LAST_LINES = 500;

/** A session's process as its plugin sees it: the launcher's environment and folder, and its output by frames. */
export class SessionProcess implements PluginProcess {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly #hello: Hello;
  readonly #socket: Socket;
  readonly #streams: Readonly<Record<1 | 2, Writable>>;
  readonly #sinks: Readonly<Record<1 | 2, LineSink>>;
  #signalled: (name: string, number: number) => void = () => undefined;
  #faulted: (error: unknown) => void = () => undefined;
  #hasParent = true;

  constructor(hello: Hello, socket: Socket) {
    this.arguments = hello.arguments;
    this.environment = hello.environment;
    this.#hello = hello;
    this.#socket = socket;
    this.#streams = { 1: framed(socket, '1'), 2: framed(socket, '2') };
    this.#sinks = { 1: lineSinkOf(this.#streams[1]), 2: lineSinkOf(this.#streams[2]) };
  }

  folder(): string {
    return this.#hello.folder;
  }

  output(descriptor: 1 | 2): LineSink {
    return this.#sinks[descriptor];
  }

  /** The launcher watches its client; a number of no process stands for one that has ended. */
  parent(): number {
    return this.#hasParent ? this.#hello.client : 0;
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

  /** What the launcher sends after its hello. */
  receive({ type, bytes }: Frame): void {
    if (type === 'P') this.#hasParent = false;
    if (type !== 'S') return;
    const number = bytes[0] ?? 0;
    const name = Object.entries(constants.signals).find(([, known]) => known === number)?.[0];
    this.#signalled(name ?? String(number), number);
  }

  /** The launcher has ended: no client is there for the answers. */
  launcherGone(): void {
    this.#hasParent = false;
    this.#signalled('SIGTERM', constants.signals.SIGTERM);
  }

  /** Sends what is left of the output, and the exit code behind it. */
  async exit(code: number): Promise<void> {
    const ended = Object.values(this.#streams).map(
      async (stream) => await new Promise<void>((resolve) => stream.end(() => resolve())),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_LINES)));
    await Promise.race([Promise.all(ended), late]);
    clearTimeout(timer);
    this.#socket.end(frame('X', Uint8Array.of(code)));
  }
}

/** A stream whose bytes go out as frames; full when the socket is. */
function framed(socket: Socket, type: '1' | '2'): Writable {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (socket.destroyed) done(new Error('the launcher has ended'));
      else socket.write(frame(type, chunk), () => done());
    },
  });
  socket.once('close', () => stream.destroy());
  return stream;
}
