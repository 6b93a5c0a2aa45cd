import type { StandardStreams } from '../os/process.js';
import { InputStream, OutputStream, type ByteSink, type ByteSource } from '../os/streams.js';

const MAX_LINE = 4096;
const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE, ESCAPE] = ['\x03', '\x04', '\x15', '\b', '\x7f', '\x1b'];

/** Ctrl-C while something waited for input. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * A line discipline as the kernel has it for a terminal: echoes, edits the line, gives whole lines to the
 * reader, turns line ends into carriage return and line feed.
 */
export class Terminal {
  readonly #source: ByteSource;
  readonly #sink: ByteSink;

  readonly streams: StandardStreams;
  /** Called at Ctrl-C. */
  onInterrupt: () => void = () => undefined;
  readonly #lines: string[] = [];
  #editing = '';
  #ended = false;
  #skipping = false;
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(source: ByteSource, sink: ByteSink) {
    this.#source = source;
    this.#sink = sink;

    const output = new OutputStream({ write: (bytes) => this.#print(Buffer.from(bytes)) });
    const input: ByteSource = { read: () => this.#read() };
    this.streams = { stdin: new InputStream(input), stdout: output, stderr: output };
    void this.#pump();
  }

  async #read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line === '' ? undefined : Buffer.from(line);
      if (this.#ended) return undefined;
      await new Promise<void>((resolve, reject) => (this.#waiting = { resolve, reject }));
    }
  }

  /** Takes keys as long as there are any. What came at once is echoed at once, before it has any effect. */
  async #pump(): Promise<void> {
    try {
      for (let chunk = await this.#source.read(); chunk !== undefined; chunk = await this.#source.read()) {
        const effects: (() => void)[] = [];
        const echo = Array.from(Buffer.from(chunk).toString('utf8'), (char) => this.#key(char, effects)).join(
          '',
        );
        await this.#print(Buffer.from(echo));
        for (const effect of effects) effect();
      }
    } catch {
      // The client is gone: the reader gets the end of its input below.
    }
    this.#ended = true;
    this.#wake();
  }

  /** Gives the echo of a key, and adds what the key does beyond editing. */
  #key(char: string, effects: (() => void)[]): string {
    if (this.#skipping) {
      // Cursor keys and their like: an escape sequence ends with a letter or a tilde.
      this.#skipping = !/[A-Za-z~]/.test(char);
      return '';
    }
    const edited = this.#editing;
    switch (char) {
      case CTRL_C:
        this.#editing = '';
        effects.push(() => this.#interrupt());
        return '^C\n';
      case CTRL_D:
        if (edited === '') effects.push(() => this.#deliver(''));
        return '';
      case CTRL_U:
        this.#editing = '';
        return '\b \b'.repeat(edited.length);
      case BACKSPACE:
      case DELETE:
        this.#editing = edited.slice(0, -1);
        return edited === '' ? '' : '\b \b';
      case ESCAPE:
        this.#skipping = true;
        return '';
      case '\r':
      case '\n':
        this.#editing = '';
        effects.push(() => this.#deliver(`${edited}\n`));
        return '\n';
      default:
        if (char < ' ' || edited.length >= MAX_LINE) return '';
        this.#editing += char;
        return char;
    }
  }

  /** Lines that have not been read yet are dropped, as the kernel does. */
  #interrupt(): void {
    this.#lines.length = 0;
    this.onInterrupt();
    this.#waiting?.reject(new Interrupted('interrupted'));
    this.#waiting = undefined;
  }

  #deliver(line: string): void {
    this.#lines.push(line);
    this.#wake();
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #print(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return Promise.resolve();
    if (!bytes.includes(10)) return this.#sink.write(bytes);
    return this.#sink.write(Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'));
  }
}
