import { oneLine, Redactor, type LineSink } from '../logging/index.js';
import type { Logger } from '../support/index.js';

/** Levels of HashiCorp's hclog. */
type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/**
 * The longest text of one entry, bytes. In JSON each may take two, and with what stands around it a line stays far below
 * the 64 KiB beyond which a host takes a line to pieces.
 */
const LONGEST_TEXT = 24 * 1024;

/**
 * A plugin's log as its host wants it: a line of JSON for each entry on standard error. The host decides what is shown, by
 * the level, and by what name the plugin is called there. Every line is freed of the secrets that were registered.
 */
export class HclogLog implements Logger {
  readonly redactor = new Redactor();
  readonly #sink: LineSink;
  readonly #now: () => Date;

  /** `now`: the time of day. */
  constructor(sink: LineSink, now: () => Date = () => new Date()) {
    this.#sink = sink;
    this.#now = now;
  }

  trace(text: string): void {
    this.#write('trace', text);
  }

  debug(text: string): void {
    this.#write('debug', text);
  }

  info(text: string): void {
    this.#write('info', text);
  }

  warn(text: string): void {
    this.#write('warn', text);
  }

  error(text: string): void {
    this.#write('error', text);
  }

  /** Gives a slow host up to `limit` ms to take the last lines. */
  async flush(limit: number): Promise<void> {
    await this.#sink.flush(limit);
  }

  #write(level: Level, text: string): void {
    if (this.#sink.broken) return;
    const entry = {
      '@level': level,
      '@message': oneLine(this.redactor.redact(text), LONGEST_TEXT),
      '@timestamp': timestamp(this.#now()),
    };
    this.#sink.write(Buffer.from(`${JSON.stringify(entry)}\n`), level === 'trace' || level === 'debug');
  }
}

/** With six digits behind the seconds: a host takes any other line for no JSON at all, and drops its level. */
function timestamp(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z');
}
