import type { Clock } from '../../support/index.js';
import { printable, spoken, type Reporter, type Row, type Screen } from './reporter.js';
import { tableText } from './table.js';

interface Work {
  text: string;
  readonly begun: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REFRESH = 100;
/** More lines than a small terminal has would scroll away and could not be rewritten. */
const MOST_LINES = 18;

/** One line for each host at work, rewritten in place; what has ended scrolls up. */
export class TerminalReporter implements Reporter {
  readonly #working = new Map<string, Work>();
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;
  #frame = 0;

  constructor(
    readonly screen: Screen,
    readonly clock: Clock,
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
    const mark = ok ? '\u001b[32m✔\u001b[0m' : '\u001b[31m✖\u001b[0m';
    this.#above(`${mark} ${host}  ${printable(text)}${time}`);
  }

  note(text: string): void {
    this.#above(printable(text));
  }

  warn(text: string): void {
    this.#above(`\u001b[33mwarning:\u001b[0m ${printable(text)}`);
  }

  table(_kind: string, rows: readonly Row[]): void {
    this.#above(tableText(rows).trimEnd());
  }

  close(): void {
    clearInterval(this.#timer);
    this.screen.write(this.#erasure());
    this.#drawn = 0;
  }

  #above(text: string): void {
    this.screen.write(`${this.#erasure()}${text}\n`);
    this.#drawn = 0;
    this.#redraw();
  }

  #erasure(): string {
    return this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[0J`;
  }

  #redraw(): void {
    if (this.#working.size === 0 && this.#drawn === 0) return;
    this.#frame = (this.#frame + 1) % SPINNER.length;
    const width = Math.max(this.screen.columns() - 1, 20);
    const lines = [...this.#working].slice(0, MOST_LINES).map(([host, { text, begun }]) => {
      const time = spoken(this.clock.now() - begun);
      return printable(`${SPINNER[this.#frame] ?? ''} ${host}  ${time.padStart(8)}  ${text}`).slice(0, width);
    });
    const more = this.#working.size - lines.length;
    if (more > 0) lines.push(`  and ${more} more`);
    this.screen.write(this.#erasure() + lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }
}
