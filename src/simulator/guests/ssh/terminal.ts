import type { StandardStreams } from '../system/process.js';
import { InputStream, OutputStream, type ByteSink, type ByteSource } from '../system/streams.js';

const MAX_LINE = 4096;
const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE, ESCAPE] = ['\x03', '\x04', '\x15', '\b', '\x7f', '\x1b'];

/** Ctrl-C while something waited for input. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * A line discipline as the kernel has it for a terminal: echoes, edits the line, gives whole lines to whoever
 * reads, turns line ends into carriage return and line feed.
 */
export class Terminal {
  readonly streams: StandardStreams;
  /** Called at Ctrl-C. */
  onInterrupt: () => void = () => undefined;
  readonly #lines: string[] = [];
  #editing = '';
  #ended = false;
  #skipping = false;
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(
    private readonly source: ByteSource,
    private readonly sink: ByteSink,
  ) {
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

  /** Takes keys as long as there are any. */
  async #pump(): Promise<void> {
    try {
      for (let chunk = await this.source.read(); chunk !== undefined; chunk = await this.source.read()) {
        for (const char of Buffer.from(chunk).toString('utf8')) await this.#key(char);
      }
    } catch {
      // The client is gone; whoever reads is told below.
    }
    this.#ended = true;
    this.#wake();
  }

  async #key(char: string): Promise<void> {
    if (this.#skipping) {
      // Cursor keys and their like: an escape sequence ends with a letter or a tilde.
      this.#skipping = !/[A-Za-z~]/.test(char);
      return;
    }
    switch (char) {
      case CTRL_C:
        this.#editing = '';
        await this.#echo('^C\n');
        this.onInterrupt();
        this.#waiting?.reject(new Interrupted('interrupted'));
        this.#waiting = undefined;
        return;
      case CTRL_D:
        if (this.#editing === '') this.#deliver('');
        return;
      case CTRL_U:
        await this.#echo('\b \b'.repeat(this.#editing.length));
        this.#editing = '';
        return;
      case BACKSPACE:
      case DELETE:
        if (this.#editing === '') return;
        this.#editing = this.#editing.slice(0, -1);
        await this.#echo('\b \b');
        return;
      case ESCAPE:
        this.#skipping = true;
        return;
      case '\r':
      case '\n':
        await this.#echo('\n');
        this.#deliver(`${this.#editing}\n`);
        return;
      default:
        if (char < ' ' || this.#editing.length >= MAX_LINE) return;
        this.#editing += char;
        await this.#echo(char);
    }
  }

  #deliver(line: string): void {
    this.#lines.push(line);
    this.#editing = '';
    this.#wake();
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #echo(text: string): Promise<void> {
    return this.#print(Buffer.from(text));
  }

  #print(bytes: Buffer): Promise<void> {
    if (!bytes.includes(10)) return this.sink.write(bytes);
    return this.sink.write(Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'));
  }
}
