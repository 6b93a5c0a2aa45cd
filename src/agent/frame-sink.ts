import { Backlog, type LineSink } from '../logging/index.js';
import type { FrameType } from './frames.js';
import type { SendFrame } from './framed-connection.js';
import { limitTimer } from '../support/index.js';

/** Lines of a plugin's output, each a frame of its own. When the launcher does not take them, they wait in a backlog. */
export class FrameSink implements LineSink {
  readonly broken = false;
  readonly #type: FrameType;
  readonly #send: SendFrame;
  readonly #backlog = new Backlog();
  #isFull = false;
  #isDraining = false;
  #onDrained: (() => void)[] = [];

  constructor(type: FrameType, send: SendFrame) {
    this.#type = type;
    this.#send = send;
  }

  write(line: Buffer, mayBeLost: boolean): void {
    if (this.#isFull) this.#backlog.add(line, mayBeLost);
    else this.#sendOne(line);
  }

  async flush(limit: number): Promise<void> {
    if (!this.#isFull) return;
    await new Promise<void>((resolve) => {
      const timer = limitTimer(limit, resolve);
      this.#onDrained.push(() => {
        timer.clear();
        resolve();
      });
    });
  }

  #sendOne(line: Buffer): void {
    this.#isFull = true;
    this.#send(this.#type, line, () => this.#roomMade());
  }

  #roomMade(): void {
    this.#isFull = false;
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let line = this.#take(); line !== undefined; line = this.#take()) this.#sendOne(line);
    this.#isDraining = false;
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#isFull) return;
    for (const drained of this.#onDrained.splice(0)) drained();
  }

  #take(): Buffer | undefined {
    return this.#isFull ? undefined : this.#backlog.take();
  }
}
