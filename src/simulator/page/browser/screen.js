const MOST_LINES = 2_000;
/** A longer line goes on in the next one. */
const MOST_COLUMNS = 4_000;
const ESCAPE = '\x1b';
const LONGEST_SEQUENCE = 256;
/** The second kind is the title of a window. */
const SEQUENCE = new RegExp(
  `^${ESCAPE}(?:\\[[0-9;?]*[A-Za-z~]|\\][^\\x07${ESCAPE}]*(?:\\x07|${ESCAPE}\\\\)|[^[\\]])`,
);
const CLEARING = new RegExp(`^${ESCAPE}(?:\\[[23]?J|c)$`);

/**
 * What a terminal without a cursor of its own shows: lines that grow at their end. Knows line ends, carriage return and
 * backspace; escape sequences are left out, but for the one that clears the screen.
 */
export class Screen {
  /** @type {string[]} */
  #lines = [''];
  #column = 0;
  #before = 0;
  /** The beginning of an escape sequence whose end has not come yet. */
  #rest = '';

  /** @param {string} output */
  write(output) {
    const text = this.#rest + output;
    this.#rest = '';
    for (let at = 0; at < text.length; at += 1) {
      const sign = text.charAt(at);
      if (sign !== ESCAPE) {
        this.#put(sign);
        continue;
      }
      const sequence = SEQUENCE.exec(text.slice(at, at + LONGEST_SEQUENCE))?.[0];
      if (sequence === undefined) {
        if (text.length - at < LONGEST_SEQUENCE) {
          this.#rest = text.slice(at);
          return;
        }
        continue;
      }
      if (CLEARING.test(sequence)) this.#clear();
      at += sequence.length - 1;
    }
  }

  /**
   * The lines that are left, and how many there have been before them.
   * @returns {{ readonly before: number, readonly lines: readonly string[] }}
   */
  get shown() {
    return { before: this.#before, lines: this.#lines };
  }

  #clear() {
    this.#before += this.#lines.length;
    this.#lines = [''];
    this.#column = 0;
  }

  /** @param {string} sign */
  #put(sign) {
    const last = this.#lines.length - 1;
    const line = this.#lines[last] ?? '';
    if (sign === '\n') this.#nextLine();
    else if (sign === '\r') this.#column = 0;
    else if (sign === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (sign === '\t' || sign >= ' ') {
      this.#lines[last] = line.slice(0, this.#column) + sign + line.slice(this.#column + 1);
      this.#column += 1;
      if (this.#column >= MOST_COLUMNS) this.#nextLine();
    }
  }

  #nextLine() {
    this.#lines.push('');
    this.#column = 0;
    if (this.#lines.length <= MOST_LINES) return;
    this.#lines.shift();
    this.#before += 1;
  }
}
