const MOST = { lines: 2000, characters: 2000 } as const;

export interface JournalEntry {
  readonly time: Date;
  /** `docker.service`, `cloud-init` … */
  readonly unit: string;
  readonly text: string;
}

/** A guest's system log: the latest 2000 lines, lost at power-off. */
export class Journal {
  #entries: JournalEntry[] = [];

  add(unit: string, text: string): void {
    for (const line of text.split('\n').filter((candidate) => candidate !== '')) {
      this.#entries.push({ time: new Date(), unit, text: line.slice(0, MOST.characters) });
    }
    if (this.#entries.length > MOST.lines * 2) this.#entries = this.#entries.slice(-MOST.lines);
  }

  entries(unit?: string): readonly JournalEntry[] {
    const found = unit === undefined ? this.#entries : this.#entries.filter((entry) => entry.unit === unit);
    return found.slice(-MOST.lines);
  }
}
