import type { DistinctProblem } from '../../context/distinct-problems.js';
import type { Reporter, Row, Screen } from '../../context/reporter.js';

/** One JSON object for each event, one on a line: `time` (ISO), `event`, and what belongs to it. */
export class JsonReporter implements Reporter {
  constructor(
    readonly screen: Screen,
    readonly now: () => Date = () => new Date(),
  ) {}

  begin(host: string, action: string): void {
    this.#event('begin', { host, action });
  }

  step(host: string, text: string): void {
    this.#event('step', { host, text });
  }

  end(host: string, ok: boolean, text: string): void {
    this.#event('end', { host, ok, text });
  }

  note(text: string): void {
    this.#event('note', { text });
  }

  warn(text: string): void {
    this.#event('warning', { text });
  }

  problem({ hosts, text }: DistinctProblem): void {
    this.#event('problem', { hosts, text });
  }

  table(kind: string, rows: readonly Row[]): void {
    this.#event(kind, { rows });
  }

  close(): void {
    // Every line is complete.
  }

  #event(event: string, fields: object): void {
    this.screen.write(`${JSON.stringify({ time: this.now().toISOString(), event, ...fields })}\n`);
  }
}
