import type { Clock } from '../../../support/index.js';
import { commonText, problemHeading, type DistinctProblem } from '../../context/distinct-problems.js';
import { printable, spoken, type Reporter, type Row, type Screen } from '../../context/reporter.js';
import { tableText } from './table.js';

/** One line for everything that happens, with the host in front: for pipes, files and CI. */
export class LineReporter implements Reporter {
  readonly #begun = new Map<string, number>();
  /** The first host that a problem hit: for others it is not told again. */
  readonly #problems = new Map<string, string>();

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
    this.#line(`[${host}] ${ok ? `done: ${text}` : `FAILED: ${this.#unlessTold(host, text)}`}${time}`);
  }

  note(text: string): void {
    this.#line(text);
  }

  warn(text: string): void {
    this.#line(`warning: ${text}`);
  }

  problem(problem: DistinctProblem): void {
    this.#line(`${problemHeading(problem)}: ${problem.text}`);
  }

  table(_kind: string, rows: readonly Row[]): void {
    this.screen.write(tableText(rows));
  }

  close(): void {
    // Nothing is held.
  }

  #unlessTold(host: string, text: string): string {
    const common = commonText({ host, text });
    const other = this.#problems.get(common);
    if (other !== undefined && other !== host) return `the same as ${other}`;
    this.#problems.set(common, host);
    return text;
  }

  #line(text: string): void {
    this.screen.write(`${printable(text)}\n`);
  }
}
