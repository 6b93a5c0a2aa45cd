/** What a bench prints table by table. A bench that is cut off, or fails, prints what it has of the table it was at. */
export class Report {
  #unfinished: (() => string) | undefined;

  constructor() {
    process.on('exit', () => {
      if (this.#unfinished !== undefined) console.log(`\n(not finished)\n${this.#unfinished()}`);
    });
  }

  /** From now on, this is measured; `text` gives the table of what there is. */
  begin(text: () => string): void {
    this.#unfinished = text;
  }

  /** It was measured. */
  finish(): void {
    const text = this.#unfinished;
    this.#unfinished = undefined;
    if (text !== undefined) console.log(`\n${text()}`);
  }
}
