#!/usr/bin/env node
import { exitWhenPrinted, VERSION } from '../process/index.js';
import { emulatedGuestKind } from '../emulator/index.js';
import { qemuGuestKind } from '../qemu-guests/index.js';
import { containerGuestKind, noGuestKind, runSimulator } from '../simulator/index.js';

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
  log: process.stderr,
  guests: {
    emulated: emulatedGuestKind,
    container: containerGuestKind,
    qemu: qemuGuestKind,
    none: noGuestKind,
  },
  interrupted,
}).then(exitWhenPrinted);
