/** Why the plugin ends. */
export interface End {
  readonly exitCode: number;
  /** For the log and for operations that are cut off by it. */
  readonly reason: string;
}

/** The first reason to end counts; a second signal after it means: at once. */
export class Ending {
  readonly begun: Promise<End>;
  /** Resolves when the user insists (a second signal). */
  readonly insisted: Promise<void>;
  #begin: (end: End) => void = () => undefined;
  #insist: () => void = () => undefined;
  #hasBegun = false;

  constructor() {
    this.begun = new Promise((resolve) => (this.#begin = resolve));
    this.insisted = new Promise((resolve) => (this.#insist = resolve));
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  end(exitCode: number, reason: string): void {
    this.#hasBegun = true;
    this.#begin({ exitCode, reason });
  }

  /** `number` as in `kill -l`. */
  signal(name: string, number: number): void {
    if (this.#hasBegun) this.#insist();
    this.end(128 + number, `received ${name}`);
  }
}
