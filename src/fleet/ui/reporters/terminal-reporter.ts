import type { Clock } from '../../../support/index.js';
import { problemHeading, type DistinctProblem } from '../../context/distinct-problems.js';
import { printable, spoken, type Reporter, type Row, type Screen } from '../../context/reporter.js';
import { tableText, ellipsized, wrapped } from './table.js';

interface Work {
  text: string;
  readonly begun: number;
}

const [RED, GREEN, YELLOW] = [31, 32, 33];
/** Of a line about a host: the mark and two blanks. Characters. */
const MARGIN = 4;
/** So much of a text is shown however narrow the terminal is. */
const SHORTEST = 10;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REFRESH = 100;
const ESCAPE = '\u001b[';
/** Off, the terminal itself cuts what is wider than it, whatever the width of the characters. */
const WRAP = { off: `${ESCAPE}?7l`, on: `${ESCAPE}?7h` };

/**
 * One line for each host at work, rewritten in place; what has ended scrolls up. The cursor always stands below
 * these lines and is never hidden, so that a program that is killed leaves the terminal as it should be.
 */
export class TerminalReporter implements Reporter {
  readonly #working = new Map<string, Work>();
  readonly #timer: NodeJS.Timeout;
  /** Widths of the lines that stand there, in characters. */
  #drawn: readonly number[] = [];
  #frame = 0;

  constructor(
    readonly screen: Screen,
    readonly clock: Clock,
    /** False = the user wants no colours (NO_COLOR). */
    readonly colours = true,
  ) {
    this.#timer = setInterval(() => this.#redraw(), REFRESH);
    this.#timer.unref();
  }

  begin(host: string, action: string): void {
    this.#working.set(host, { text: action, begun: this.clock.now() });
  }

  step(host: string, text: string): void {
    const work = this.#working.get(host);
    if (work === undefined) this.#above(printable(`  ${host}  ${text}`));
    else work.text = text;
  }

  end(host: string, ok: boolean, text: string): void {
    const work = this.#working.get(host);
    this.#working.delete(host);
    const time = work === undefined ? '' : ` (${spoken(this.clock.now() - work.begun)})`;
    const mark = ok ? this.#coloured(GREEN, '✔') : this.#coloured(RED, '✖');
    // A long error is told whole, and once, in the summary.
    const room = this.#width() - host.length - time.length - MARGIN;
    this.#above(`${mark} ${host}  ${ellipsized(printable(text), Math.max(room, SHORTEST))}${time}`);
  }

  note(text: string): void {
    this.#above(wrapped(printable(text), this.#width(), '  '));
  }

  warn(text: string): void {
    const [, rest = ''] =
      /^warning:([^]*)$/.exec(wrapped(`warning: ${printable(text)}`, this.#width(), '  ')) ?? [];
    this.#above(`${this.#coloured(YELLOW, 'warning:')}${rest}`);
  }

  problem(problem: DistinctProblem): void {
    const [width, heading] = [this.#width(), printable(problemHeading(problem))];
    const text = wrapped(printable(problem.text), width - 2).replaceAll('\n', '\n  ');
    this.#above(`${this.#coloured(RED, wrapped(`${heading}:`, width))}\n  ${text}`);
  }

  table(_kind: string, rows: readonly Row[]): void {
    this.#above(tableText(rows, this.#width()).trimEnd());
  }

  close(): void {
    clearInterval(this.#timer);
    this.screen.write(this.#erasure());
    this.#drawn = [];
  }

  #width(): number {
    return Math.max(this.screen.columns(), 1);
  }

  #coloured(colour: number, text: string): string {
    return this.colours ? `${ESCAPE}${colour}m${text}${ESCAPE}0m` : text;
  }

  #above(text: string): void {
    this.screen.write(`${this.#erasure()}${text}\n`);
    this.#drawn = [];
    this.#redraw();
  }

  /** Back to the first line, also when a key that was pressed has moved the cursor. */
  #erasure(): string {
    // In a terminal that has become narrower a line may take several rows.
    const columns = Math.max(this.screen.columns(), 1);
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(Math.ceil(width / columns), 1), 0);
    return rows === 0 ? '' : `\r${ESCAPE}${rows}A${ESCAPE}0J`;
  }

  #redraw(): void {
    if (this.#working.size === 0 && this.#drawn.length === 0) return;
    this.#frame = (this.#frame + 1) % SPINNER.length;
    const lines = this.#lines();
    const text = lines.map((line) => `${line}\n`).join('');
    this.screen.write(`${this.#erasure()}${WRAP.off}${text}${WRAP.on}`);
    this.#drawn = lines.map(({ length }) => length);
  }

  /** No more than there are rows, or they would scroll away and could not be rewritten. */
  #lines(): string[] {
    const width = Math.max(this.screen.columns(), 1);
    const rows = Math.max(this.screen.rows() - 2, 1);
    const all = [...this.#working];
    const shown = all.length > rows ? all.slice(0, rows - 1) : all;
    const column = Math.max(...shown.map(([host]) => host.length), 0);
    const lines = shown.map(([host, { text, begun }]) => {
      const time = spoken(this.clock.now() - begun);
      const spinner = SPINNER[this.#frame] ?? '';
      return printable(`${spinner} ${host.padEnd(column)}  ${time.padStart(6)}  ${text}`).slice(0, width);
    });
    const more = all.length - shown.length;
    return more > 0 ? [...lines, `  and ${more} more`.slice(0, width)] : lines;
  }
}
