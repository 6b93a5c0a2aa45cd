import type { HclogLog } from './hclog.js';

/** Why a plugin ends. */
export interface PluginEnd {
  readonly exitCode: number;
  /** For the log and for calls that are cut off by it. */
  readonly reason: string;
}

/**
 * How long a host may go on with its own end after a signal that came to both, ms. A service manager signals all
 * processes of a service at once, and it is now that the host asks for its instances to be removed.
 */
const HOST_LIMIT_MS = 30_000;

/**
 * When and why a plugin ends: the first reason counts. Ctrl-C reaches every process of a terminal and is the host's
 * business, as with go-plugin's own plugins. The first SIGTERM lets the host end first; the second ends the plugin in
 * order, and a third at once.
 */
export class PluginEnding {
  readonly begun: Promise<PluginEnd>;
  /** Resolves when the user insists: what is under way is not waited for. */
  readonly insisted: Promise<void>;
  /** Resolves when what was under way has come to its end. */
  readonly woundUp: Promise<void>;
  readonly #log: HclogLog;
  #begin: (end: PluginEnd) => void = () => undefined;
  #insist: () => void = () => undefined;
  #windUp: () => void = () => undefined;
  #hasBegun = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: HclogLog) {
    this.#log = log;
    this.begun = new Promise((resolve) => (this.#begin = resolve));
    this.insisted = new Promise((resolve) => (this.#insist = resolve));
    this.woundUp = new Promise((resolve) => (this.#windUp = resolve));
  }

  end(end: PluginEnd): void {
    this.stop();
    this.#hasBegun = true;
    this.#begin(end);
  }

  /** `number` as in `kill -l`. */
  signal(name: string, number: number): void {
    if (name === 'SIGINT') {
      this.#log.trace('received SIGINT; the host decides what it means');
      return;
    }
    const end = { exitCode: 128 + number, reason: `received ${name}` };
    if (this.#hasBegun) this.#insist();
    else if (this.#timer !== undefined) this.end(end);
    else {
      const seconds = HOST_LIMIT_MS / 1_000;
      this.#log.info(
        `received ${name}; the host has ${seconds} s to end first, a second ${name} ends at once`,
      );
      this.#timer = setTimeout(() => this.end(end), HOST_LIMIT_MS);
    }
  }

  hasWoundUp(): void {
    this.#windUp();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
