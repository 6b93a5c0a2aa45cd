/** A process that never ends its line must not fill the memory. Characters. */
const LONGEST = 64 * 1024;

/** Cuts a stream into lines. */
export class LineReader {
  #rest = '';

  constructor(readonly take: (line: string) => void) {}

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?=.)/s);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.take(line.replace(/\r$/, ''));
    if (this.#rest.length > LONGEST) this.end();
  }

  /** What is left counts as a line. */
  end(): void {
    if (this.#rest !== '') this.take(this.#rest);
    this.#rest = '';
  }
}
