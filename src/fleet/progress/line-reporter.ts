import type { Clock } from '../../support/index.js';
import { printable, spoken, type Reporter, type Row, type Screen } from './reporter.js';
import { tableText } from './table.js';

/** One line for everything that happens, with the host in front: for pipes, files and CI. */
export class LineReporter implements Reporter {
  readonly #begun = new Map<string, number>();

  constructor(
    readonly screen: Screen,
    readonly clock: Clock,
  ) {}

  begin(host: string, action: string): void {
    this.#begun.set(host, this.clock.now());
    this.#line(`[${host}] ${action}`);
  }

  step(host: string, text: string): void {
    this.#line(`[${host}] ${text}`);
  }

  end(host: string, ok: boolean, text: string): void {
    const begun = this.#begun.get(host);
    const time = begun === undefined ? '' : ` (${spoken(this.clock.now() - begun)})`;
    this.#line(`[${host}] ${ok ? 'done' : 'FAILED'}: ${text}${time}`);
  }

  note(text: string): void {
    this.#line(text);
  }

  warn(text: string): void {
    this.#line(`warning: ${text}`);
  }

  table(_kind: string, rows: readonly Row[]): void {
    this.screen.write(tableText(rows));
  }

  close(): void {
    // Nothing is held.
  }

  #line(text: string): void {
    this.screen.write(`${printable(text)}\n`);
  }
}
