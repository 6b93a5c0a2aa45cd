#!/usr/bin/env node
import { Writable } from 'node:stream';
import { createLogger, format } from 'winston';
import { VERSION } from '../process/index.js';
import { emulatedGuestKind } from '../emulator/index.js';
import { containerGuestKind, noGuestKind, runSimulator } from '../simulator/index.js';
import type { Logger } from '../support/index.js';

/** Lines with time and level on stderr; stdout is for what a shell shall read. */
function stderrLogger(level: string): Logger {
  const logger = createLogger({ level, format: format.timestamp() });
  logger.pipe(
    new Writable({
      objectMode: true,
      write(entry: Readonly<Record<string, unknown>>, _encoding, done) {
        const { timestamp, level: word, message } = entry;
        process.stderr.write(`${String(timestamp)} ${String(word)} ${String(message)}\n`);
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

/** The first signal ends the simulator in order; a second one means now. */
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      resolve();
    });
  }
});

void runSimulator({
  args: process.argv.slice(2),
  version: VERSION,
  isRoot: process.getuid?.() === 0,
  print: (text) => process.stdout.write(text),
  complain: (line) => process.stderr.write(`prism-simulator: ${line}\n`),
  logger: stderrLogger,
  guests: { emulated: emulatedGuestKind, container: containerGuestKind, none: noGuestKind },
  interrupted,
}).then((exitCode) => process.exit(exitCode));
