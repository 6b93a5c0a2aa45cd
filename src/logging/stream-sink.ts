import type { Writable } from 'node:stream';
import { limitTimer } from '../support/index.js';
import { Backlog, type LineSink } from './line-sink.js';

/** Writes to a stream of the runtime, for what cannot be opened a second time: sockets, and pipes outside Linux. */
export class StreamSink implements LineSink {
  readonly #stream: Writable;
  readonly #backlog = new Backlog();
  #full = false;
  #broken = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => this.#break());
    stream.on('close', () => this.#break());
    stream.on('drain', () => {
      this.#full = false;
      for (let line = this.#take(); line !== undefined; line = this.#take()) this.#full = !stream.write(line);
    });
  }

  get broken(): boolean {
    return this.#broken;
  }

  write(line: Buffer, mayBeLost: boolean): void {
    if (this.#broken) return;
    if (this.#full) this.#backlog.add(line, mayBeLost);
    else this.#full = !this.#stream.write(line);
  }

  async flush(limit: number): Promise<void> {
    if (!this.#full || this.#broken) return;
    await new Promise<void>((resolve) => {
      const timer = limitTimer(limit, resolve);
      this.#stream.once('drain', () => {
        timer.clear();
        resolve();
      });
    });
  }

  #take(): Buffer | undefined {
    return this.#full ? undefined : this.#backlog.take();
  }

  #break(): void {
    this.#broken = true;
    this.#backlog.clear();
  }
}
