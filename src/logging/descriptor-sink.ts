import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Backlog, type LineSink } from './line-sink.js';
import { systemCode } from '../support/index.js';

/** How long to wait before a full pipe is tried again, ms: at first, and at most. */
const FIRST_RETRY = 10;
const LAST_RETRY = 250;

/**
 * Writes to a file descriptor that never blocks: a file, or a pipe opened with O_NONBLOCK. What a full pipe
 * does not take waits in a backlog. The write itself is synchronous, so a line is out when `write` returns:
 * nothing is lost when the process ends right after.
 */
export class DescriptorSink implements LineSink {
  readonly #descriptor: number;
  readonly #backlog = new Backlog();
  #timer: NodeJS.Timeout | undefined;
  #retry = FIRST_RETRY;
  #broken = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get broken(): boolean {
    return this.#broken;
  }

  write(line: Buffer, mayBeLost: boolean): void {
    if (this.#broken) return;
    if (this.#timer !== undefined) this.#backlog.add(line, mayBeLost);
    else if (!this.#tryWrite(line)) this.#waitForReader();
  }

  async flush(limit: number): Promise<void> {
    for (let waited = 0; waited < limit && !this.#drain(); waited += FIRST_RETRY) await delay(FIRST_RETRY);
  }

  #waitForReader(): void {
    if (this.#broken || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#drain()) this.#retry = FIRST_RETRY;
      else {
        this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
        this.#waitForReader();
      }
    }, this.#retry);
    this.#timer.unref();
  }

  /** True when nothing is left to write. */
  #drain(): boolean {
    for (let line = this.#backlog.take(); line !== undefined; line = this.#backlog.take()) {
      if (!this.#tryWrite(line)) return this.#broken;
    }
    return true;
  }

  /** False when the pipe is full: the rest of the line was put into the backlog. */
  #tryWrite(line: Buffer): boolean {
    try {
      const written = writeSync(this.#descriptor, line);
      if (written === line.length) return true;
      this.#backlog.putBack(line.subarray(written));
      return false;
    } catch (error) {
      if (systemCode(error) === 'EAGAIN') this.#backlog.putBack(line);
      else this.#break();
      return false;
    }
  }

  /** The reader has gone (EPIPE) or the descriptor is no good: from now on every line is dropped. */
  #break(): void {
    this.#broken = true;
    this.#backlog.clear();
  }
}
