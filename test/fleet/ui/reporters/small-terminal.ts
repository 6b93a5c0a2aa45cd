import type { Screen } from '../../../../src/fleet/context/reporter.js';

/** As much of a terminal as the reporter uses; what scrolls off the top cannot be reached any more. */
export class SmallTerminal implements Screen {
  readonly isTerminal = true;
  /** Everything, scrolled-off lines too. */
  readonly lines: string[] = [''];
  #row = 0;
  #column = 0;
  #wraps = true;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  columns(): number {
    return this.width;
  }

  rows(): number {
    return this.height;
  }

  write(text: string): void {
    const tokens = text.matchAll(new RegExp(`${ESCAPE}\\[(\\??\\d*)([A-Za-z])|\\r|\\n|.`, 'gsu'));
    for (const [token, number = '', letter] of tokens) {
      if (letter !== undefined) this.#control(number, letter);
      else if (token === '\r') this.#column = 0;
      else if (token === '\n') this.#lineFeed();
      else this.#put(token);
    }
  }

  #control(number: string, letter: string): void {
    const top = Math.max(this.lines.length - this.height, 0);
    if (letter === 'A') this.#row = Math.max(this.#row - Number(number), top);
    if (letter === 'J') {
      this.lines.length = this.#row + 1;
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
    }
    if (number === '?7') this.#wraps = letter === 'h';
  }

  #lineFeed(): void {
    this.#row += 1;
    this.#column = 0;
    this.lines[this.#row] ??= '';
  }

  #put(character: string): void {
    const cells = /\p{Script=Han}/u.test(character) ? 2 : 1;
    if (this.#column + cells > this.width) {
      if (!this.#wraps) return;
      this.#lineFeed();
    }
    const line = (this.lines[this.#row] ?? '').padEnd(this.#column);
    this.lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += cells;
  }
}

const ESCAPE = String.fromCodePoint(27);
