import { PluginLog, type LineSink } from '../logging/index.js';
import type { Connection } from '../provider/index.js';
import type { Logger } from '../support/index.js';

/** Lines on standard error, without secrets. One for the whole process, so that what was masked stays masked. */
export interface CommandLog extends Logger {
  /** Debug lines, too, from now on. */
  beVerbose(): void;
  /** Masks the secrets of a connection from now on. */
  hide(connection: Connection): void;
  /** A text for standard output, without what is masked. */
  redact(text: string): string;
  flush(): Promise<void>;
}

/** How long the reader gets to take the last lines, ms. */
const LAST_LINES = 500;

export function commandLog(errors: LineSink): CommandLog {
  const debugLines = new OnceVerbose(errors);
  const log = new PluginLog(errors, debugLines);
  log.aloud();
  return {
    debug: (line) => log.debug(line),
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
    beVerbose: () => debugLines.open(),
    hide: (connection) => log.redactor.addConnection(connection),
    redact: (text) => log.redactor.redact(text),
    flush: () => log.flush(LAST_LINES),
  };
}

/** Drops lines until it is opened. */
class OnceVerbose implements LineSink {
  readonly #sink: LineSink;
  #isOpen = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  get broken(): boolean {
    return !this.#isOpen || this.#sink.broken;
  }

  open(): void {
    this.#isOpen = true;
  }

  write(line: Buffer, mayBeLost: boolean): void {
    if (this.#isOpen) this.#sink.write(line, mayBeLost);
  }

  async flush(limit: number): Promise<void> {
    if (this.#isOpen) await this.#sink.flush(limit);
  }
}
