import { Writable } from 'node:stream';
import { createLogger, format } from 'winston';
import type { Logger } from '../../support/index.js';
import type { LogSettings } from './settings.js';

/** Under this name winston keeps the line that a format has made of an entry. */
const FORMATTED = Symbol.for('message');

/** The log of the running simulator. */
export function daemonLog({ level, format: shape }: LogSettings, stream: NodeJS.WritableStream): Logger {
  const text = format.printf(
    ({ timestamp, level: word, message }) => `${String(timestamp)} ${word} ${String(message)}`,
  );
  const logger = createLogger({
    level,
    format: format.combine(format.timestamp(), shape === 'json' ? format.json() : text),
  });
  logger.pipe(
    new Writable({
      objectMode: true,
      write(entry: Readonly<Record<symbol, unknown>>, _encoding, done) {
        stream.write(`${String(entry[FORMATTED])}\n`);
        done();
      },
    }),
  );
  // A plain stream has no level of its own, and so would be sent every line.
  const at = (word: string) => (line: string) => {
    if (logger.isLevelEnabled(word)) logger.log(word, line);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn') };
}
