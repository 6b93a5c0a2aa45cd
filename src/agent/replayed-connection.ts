import { Duplex } from 'node:stream';
import type { ClientConnection } from '../libmachine/index.js';
import type { Frame } from './frames.js';

/**
 * A client's connection that another process has served so far: what the client has said comes once more, and what it was
 * answered has to come out once more, byte for byte, before the connection goes on. What differs ends the connection, since the
 * client would get the rest of an answer that it was never given the start of.
 */
export class ReplayedConnection extends Duplex implements ClientConnection {
  readonly isOpened: boolean | undefined;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /** It was answered before, so it was let in before; its process may have gone since. */
  readonly isAdmitted: boolean;
  readonly #inner: ClientConnection;
  /** What is left of the journal: D = the client's bytes, A = its answers, in their order. */
  readonly #steps: Frame[];
  #isLive = false;

  constructor(inner: ClientConnection, journal: readonly Frame[]) {
    super({ allowHalfOpen: true });
    this.isOpened = inner.isOpened;
    this.remoteAddress = inner.remoteAddress;
    this.remotePort = inner.remotePort;
    this.localAddress = inner.localAddress;
    this.localPort = inner.localPort;
    this.#inner = inner;
    this.#steps = [...journal];
    this.isAdmitted = journal.some(({ type }) => type === 'A');
    inner.on('error', () => this.destroy());
    inner.on('close', () => this.destroy());
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    if (this.#isLive) this.#inner.resume();
    else this.#ask();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    let rest = chunk;
    for (let [step] = this.#steps; rest.length > 0 && step !== undefined; [step] = this.#steps) {
      const length = Math.min(rest.length, step.bytes.length);
      if (!rest.subarray(0, length).equals(step.bytes.subarray(0, length))) {
        this.destroy();
        break;
      }
      rest = rest.subarray(length);
      this.#steps.shift();
      if (length < step.bytes.length) this.#steps.unshift({ type: 'A', bytes: step.bytes.subarray(length) });
      this.#ask();
    }
    if (rest.length > 0 && !this.destroyed) this.#inner.write(rest, () => done());
    else done();
  }

  override _final(done: () => void): void {
    this.#inner.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }

  /** Says what the client said before its next answer; behind the last one, the client itself speaks. */
  #ask(): void {
    while (this.#steps[0]?.type === 'D') {
      const [{ bytes }] = this.#steps.splice(0, 1) as [Frame];
      this.push(bytes);
    }
    if (this.#isLive || this.#steps.length > 0) return;
    this.#isLive = true;
    this.#inner.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) this.#inner.pause();
    });
    this.#inner.on('end', () => this.push(null));
    this.#inner.resume();
  }
}
