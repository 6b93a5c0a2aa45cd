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
 * Signals that reach a plugin beside its host, and by which GitLab Runner does not end at once: SIGQUIT makes it wait for
 * the jobs under way, for hours, and its documentation gives it to systemd, which sends it to every process of the service;
 * at SIGHUP it reads its configuration again. Ctrl-C reaches every process of a terminal, and go-plugin's own plugins leave
 * it to the host, too.
 */
const OF_THE_HOST: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

/**
 * When and why a plugin ends: the first reason counts. The first SIGTERM lets the host end first; the second ends the
 * plugin in order, and a third at once.
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
    if (OF_THE_HOST.includes(name)) {
      this.#log.trace(`received ${name}; the host decides what it means`);
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
