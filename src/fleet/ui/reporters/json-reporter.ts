import type { DistinctProblem } from '../../context/distinct-problems.js';
import type { Cell, Reporter, Row, Screen } from '../../context/reporter.js';

/**
 * One JSON object for each event, one on a line: `time` (ISO 8601, UTC), `event`, and what belongs to it. `text` is for users;
 * what programs need has a field of its own: numbers as numbers, units in the names.
 */
export class JsonReporter implements Reporter {
  readonly #begun = new Map<string, Date>();

  constructor(
    readonly screen: Screen,
    readonly now: () => Date = () => new Date(),
  ) {}

  begin(host: string, action: string): void {
    this.#begun.set(host, this.now());
    this.#event('begin', { host, action });
  }

  step(host: string, text: string): void {
    this.#event('step', { host, text });
  }

  end(host: string, ok: boolean, text: string): void {
    const begun = this.#begun.get(host)?.getTime();
    this.#begun.delete(host);
    const seconds = begun === undefined ? undefined : (this.now().getTime() - begun) / 1000;
    this.#event('end', { host, ok, text, seconds });
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
    this.#event(kind, { rows: rows.map(valuesOf) });
  }

  close(): void {
    // Every line is complete.
  }

  #event(event: string, fields: object): void {
    this.screen.write(`${JSON.stringify({ time: this.now().toISOString(), event, ...fields })}\n`);
  }
}

/** A row for programs; what is not known or does not apply is left out. */
function valuesOf(row: Row): Readonly<Record<string, unknown>> {
  const isKnown = ([, cell]: [string, Cell]): boolean => cell !== undefined && cell !== '';
  return Object.fromEntries(
    Object.entries(row)
      .filter(isKnown)
      .map(([name, cell]) => (typeof cell === 'object' ? [cell.name, cell.value] : [name, cell])),
  );
}
