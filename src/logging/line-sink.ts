/** Where finished lines go. No method blocks, waits or throws, whatever the reader at the other end does. */
export interface LineSink {
  /** `line` ends with a line feed. A line that may be lost is dropped as soon as the reader lags behind. */
  write(line: Buffer, mayBeLost: boolean): void;
  /** Resolves when everything was taken, or when `limit` ms have passed. */
  flush(limit: number): Promise<void>;
  /** True when the reader is gone. */
  readonly broken: boolean;
}

/** What waits for a slow reader at most, bytes; lines beyond are dropped and counted. */
export const BACKLOG_LIMIT = 256 * 1024;

/** The lines that wait for the reader, with a limit. */
export class Backlog {
  #lines: Buffer[] = [];
  #size = 0;
  #dropped = 0;

  get size(): number {
    return this.#size;
  }

  add(line: Buffer, mayBeLost: boolean): void {
    const full = this.#size + line.length > BACKLOG_LIMIT;
    if (full || (mayBeLost && this.#size > 0)) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
  }

  /** Puts back what is left of a line that was written in part: it has to go on with exactly these bytes. */
  putBack(rest: Buffer): void {
    this.#lines.unshift(rest);
    this.#size += rest.length;
  }

  /** The next line; after the last one, a line that says how many were dropped, if any were. */
  take(): Buffer | undefined {
    const line = this.#lines.shift();
    if (line !== undefined) {
      this.#size -= line.length;
      return line;
    }
    if (this.#dropped === 0) return undefined;
    const note = `(${this.#dropped} log lines were dropped: the client did not read them)\n`;
    this.#dropped = 0;
    return Buffer.from(note);
  }

  clear(): void {
    this.#lines = [];
    this.#size = 0;
    this.#dropped = 0;
  }
}
