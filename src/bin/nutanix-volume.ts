#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { standardSink } from '../logging/index.js';
import { exitWhenPrinted, programRuntime, surviveClosedOutput, VERSION } from '../process/index.js';
import { systemClock } from '../support/index.js';
import { runVolumeCommands, VOLUME_EXIT, type VolumeRuntime } from '../volume-commands/index.js';

const userAgent = `nutanix-volume/${VERSION}`;
/** Keys of the settings, named in advice about connections. */
const settingNames = {
  fingerprint: 'fingerprint',
  authorities: 'ca-file',
  insecure: 'insecure',
  proxy: 'proxy',
  api: 'api',
};

const stop = new AbortController();
setMaxListeners(0, stop.signal);
/** The first signal ends in order, the second ends this process; volumes stay mounted in either case. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(VOLUME_EXIT.interrupted);
    stop.abort();
  });
}

/** What a pipe holds; a terminal is not waited for. */
async function input(limit: number): Promise<string> {
  if (process.stdin.isTTY) return '';
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > limit) throw new Error(`standard input has more than ${String(limit)} bytes`);
  }
  return text;
}

const runtime: VolumeRuntime = {
  ...programRuntime(stop.signal),
  processId: process.pid,
  isRoot: process.getuid?.() === 0,
  print: (text) => process.stdout.write(text),
  errors: standardSink(2),
  input,
  connect: async (connection, logger, readAgain) => {
    const { createPrismVolumes } = await import('../prism/index.js');
    const origin = `root@${hostname()}`;
    const own = { userAgent, settingNames, origin, readAgain };
    return createPrismVolumes(connection, { logger, clock: systemClock, ...own });
  },
};
surviveClosedOutput();

void runVolumeCommands(runtime).then(exitWhenPrinted);
