import { Errno } from '../filesystem/index.js';
import type { ByteSink, ByteSource } from './streams.js';

const CAPACITY = 64 * 1024;

/**
 * A pipe between two programs: holds 64 KiB, then the writer waits; a writer without a reader gets EPIPE.
 * One reader and one writer at a time.
 */
export class Pipe implements ByteSource, ByteSink {
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #readerGone = false;
  #writerGone = false;
  #wake: (() => void) | undefined;

  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#writerGone || this.#readerGone) return undefined;
      await this.#changed();
    }
    const chunk = this.#chunks.shift();
    this.#buffered -= chunk?.length ?? 0;
    this.#notify();
    return chunk;
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (this.#buffered >= CAPACITY && !this.#readerGone) await this.#changed();
    if (this.#readerGone) throw new Errno('EPIPE');
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    this.#notify();
  }

  closeRead(): void {
    this.#readerGone = true;
    this.#notify();
  }

  closeWrite(): void {
    this.#writerGone = true;
    this.#notify();
  }

  /** Only one side can be waiting at a time: the reader for bytes or the writer for room. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const previous = this.#wake;
      this.#wake = () => {
        previous?.();
        resolve();
      };
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
