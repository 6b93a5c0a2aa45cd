#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { EXIT, runFleet, type FleetRuntime } from '../fleet/index.js';
import { exitWhenPrinted, programRuntime, surviveClosedOutput, VERSION } from '../process/index.js';
import { systemClock } from '../support/index.js';

/** The driver's name comes first: it decides whose ownership tags count. */
const userAgent = `docker-machine-driver-nutanix/${VERSION} nutanix-hosts`;
/** What is named when a certificate is not trusted. */
const settingNames = {
  fingerprint: 'NUTANIX_FINGERPRINT',
  authorities: 'NUTANIX_CA_FILE',
  insecure: 'NUTANIX_INSECURE',
  proxy: 'NUTANIX_PROXY',
  api: 'NUTANIX_API',
};

const stop = new AbortController();
const kill = new AbortController();
// Every host at work listens to both; Node would take more than ten for a leak, and say so.
setMaxListeners(0, stop.signal, kill.signal);
/** The first signal ends in order, the second kills what runs, the third ends this process. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (kill.signal.aborted) process.exit(EXIT.interrupted);
    (stop.signal.aborted ? kill : stop).abort();
  });
}

const runtime: FleetRuntime = {
  ...programRuntime(stop.signal),
  clock: systemClock,
  out: {
    isTerminal: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
    // A serial line, and a terminal that a program has made, may be of no size: 0 columns and rows.
    columns: () => process.stdout.columns || 80,
    rows: () => process.stdout.rows || 24,
    write: (text) => process.stdout.write(text),
  },
  complain: (line) => process.stderr.write(`${line}\n`),
  connect: async (connection, logger, store) => {
    const { createPrismProvider } = await import('../prism/index.js');
    return createPrismProvider(connection, { logger, clock: systemClock, userAgent, settingNames, store });
  },
  kill: kill.signal,
};
surviveClosedOutput();

void runFleet(runtime).then(exitWhenPrinted);
