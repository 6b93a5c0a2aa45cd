import type { Logger } from '../support/index.js';
import type { LineSink } from './line-sink.js';
import { linesOf } from './line-text.js';
import { Redactor } from './redactor.js';

/**
 * The plugin's log as the client wants it: lines on standard output are shown to the user, lines on standard
 * error only in debug mode. The client puts the machine's name in front; time and colour are its business too.
 * Every line is freed of the secrets that were registered.
 *
 * What is shown lands on the client's standard output, and that of `ls`, `status`, `ip`, `url`, `env` and
 * `config` is read by programs. So `info` and `warn` speak to the user only while something is being done
 * for them (`aloud`); at any other time their lines go the way of debug lines.
 */
export class PluginLog implements Logger {
  readonly redactor = new Redactor();
  readonly #output: LineSink;
  readonly #errors: LineSink;
  #speakers = 0;

  constructor(output: LineSink, errors: LineSink) {
    this.#output = output;
    this.#errors = errors;
  }

  debug(text: string): void {
    this.#write(this.#errors, text, true);
  }

  info(text: string): void {
    if (this.#speakers === 0) this.debug(text);
    else this.#write(this.#output, text, false);
  }

  warn(text: string): void {
    this.info(`WARNING: ${text}`);
  }

  /** Lets `info` and `warn` be shown until the function that is returned is called. */
  aloud(): () => void {
    this.#speakers += 1;
    let isAloud = true;
    return () => {
      if (isAloud) this.#speakers -= 1;
      isAloud = false;
    };
  }

  /** Gives a slow reader up to `limit` ms to take the last lines. */
  async flush(limit: number): Promise<void> {
    await Promise.all([this.#output.flush(limit), this.#errors.flush(limit)]);
  }

  #write(sink: LineSink, text: string, mayBeLost: boolean): void {
    if (sink.broken) return;
    for (const line of linesOf(this.redactor.redact(text))) sink.write(Buffer.from(`${line}\n`), mayBeLost);
  }
}
