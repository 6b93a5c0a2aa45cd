import { Readable } from 'node:stream';

const CHUNK = Buffer.alloc(64 * 1024);
/** What is made of a file at most when an answer breaks off within it. */
const LONGEST_START = 2 ** 20;

/** The bytes of a file as the body of an answer, made while they are sent. */
export class FileBody {
  readonly bytes: number;
  /** undefined = zeros. */
  readonly #content: Buffer | undefined;

  private constructor(bytes: number, content: Buffer | undefined) {
    this.bytes = bytes;
    this.#content = content;
  }

  static of(content: Buffer): FileBody {
    return new FileBody(content.length, content);
  }

  static zeros(bytes: number): FileBody {
    return new FileBody(bytes, undefined);
  }

  open(): Readable {
    return Readable.from(this.#content === undefined ? zeros(this.bytes) : [this.#content], {
      objectMode: false,
    });
  }

  /** Its first bytes, for an answer that is not sent whole. */
  start(): Buffer {
    return (this.#content ?? Buffer.alloc(Math.min(this.bytes, LONGEST_START))).subarray(0, LONGEST_START);
  }
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length)
    yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}
