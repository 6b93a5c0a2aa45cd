import { Errno } from '../filesystem/index.js';

/** Where bytes come from, chunk by chunk; undefined at the end. */
export interface ByteSource {
  read(): Promise<Uint8Array | undefined>;
}

/** Where bytes go. Resolves when there is room for more; rejects with EPIPE when there is no reader any more. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

export const nowhere: ByteSink = { write: () => Promise.resolve() };
export const empty: ByteSource = { read: () => Promise.resolve(undefined) };

export function bytesOf(...chunks: readonly (string | Uint8Array)[]): ByteSource {
  const left = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return { read: () => Promise.resolve(left.shift()) };
}

/** A standard input: bytes can be taken by chunk, by line, or all at once, in any order. */
export class InputStream {
  #buffered: Uint8Array = new Uint8Array(0);

  constructor(private readonly source: ByteSource) {}

  async read(): Promise<Uint8Array | undefined> {
    if (this.#buffered.length === 0) return this.source.read();
    const bytes = this.#buffered;
    this.#buffered = new Uint8Array(0);
    return bytes;
  }

  /** Puts bytes back that were read too much. */
  unread(bytes: Uint8Array): void {
    this.#buffered = Buffer.concat([bytes, this.#buffered]);
  }

  /** One line with its line end; the rest stays. Lines longer than `limit` bytes are cut there. */
  async readLine(limit = 1024 * 1024): Promise<string | undefined> {
    return this.readUntil(10, limit);
  }

  /** Like `readLine`, up to another byte. */
  async readUntil(byte: number, limit = 1024 * 1024): Promise<string | undefined> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = await this.read();
      if (chunk === undefined) break;
      const end = chunk.indexOf(byte) + 1;
      const taken = end === 0 ? chunk : chunk.subarray(0, end);
      parts.push(taken);
      length += taken.length;
      if (end > 0) this.#buffered = chunk.subarray(end);
      if (end > 0 || length >= limit) break;
    }
    return length === 0 ? undefined : Buffer.concat(parts).toString('utf8');
  }

  /** Everything up to the end; EFBIG beyond `limit` bytes. */
  async readAll(limit = 64 * 1024 * 1024): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) {
      length += chunk.length;
      if (length > limit) throw new Errno('EFBIG');
      parts.push(chunk);
    }
    return Buffer.concat(parts);
  }

  async *lines(): AsyncGenerator<string> {
    for (let line = await this.readLine(); line !== undefined; line = await this.readLine()) yield line;
  }
}

/** A standard output or error. */
export class OutputStream {
  constructor(private readonly sink: ByteSink) {}

  async write(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.length > 0) await this.sink.write(bytes);
  }

  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }
}

/** Keeps what is written, up to `limit` bytes (EFBIG beyond). */
export class Collector implements ByteSink {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(private readonly limit = 16 * 1024 * 1024) {}

  write(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length;
    if (this.#length > this.limit) return Promise.reject(new Errno('EFBIG'));
    this.#chunks.push(bytes);
    return Promise.resolve();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
