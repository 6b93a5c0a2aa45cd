/**
 * The volume plugin with a clock that runs twenty times as fast, so that a silence of two minutes lasts six seconds:
 * `bun hasty-plugin.ts SETTINGS`, a JSON file. All else is as in the executable.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { serveDockerPlugin } from '../../../src/docker-plugin/index.js';
import { createStorageNode } from '../../../src/node/index.js';
import { createPrismVolumes } from '../../../src/prism/index.js';
import { systemClock, type Clock, type Logger } from '../../../src/support/index.js';
import { createVolumeService, readPolicy } from '../../../src/volume/index.js';

const HASTE = 20;
const text = z.string();
const settingsShape = z.object({
  ...{ socket: text, folder: text, vmId: text, cluster: text },
  ...{ host: text, port: z.number(), username: text, password: text, fingerprint: text },
});

const { socket, folder, vmId, cluster, ...server } = settingsShape.parse(
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')),
);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const logger: Logger = { debug: () => undefined, info: say, warn: say };
const clock: Clock = {
  now: () => systemClock.now() * HASTE,
  sleep: async (ms, signal) => await systemClock.sleep(ms / HASTE, signal),
};
const { host, port, username, password, fingerprint } = server;
const volumes = createPrismVolumes(
  {
    host,
    port,
    credentials: { kind: 'password', username, password },
    trust: { kind: 'fingerprint', sha256: fingerprint },
    api: 'v4',
  },
  {
    logger,
    clock: systemClock,
    // The signs of life of a program are its own.
    userAgent: 'nutanix-volume/1',
    settingNames: { fingerprint: '', authorities: '', insecure: '', proxy: '', api: '' },
  },
);
const policy = readPolicy({ defaults: { size: '320M' }, 'takeover-after': '2m' });
const service = createVolumeService({
  volumes,
  notes: volumes,
  node: createStorageNode({ vmId }),
  clock,
  logger,
  folder,
  policy: () => Promise.resolve(policy),
  attachment: 'vm',
  cluster,
});
void serveDockerPlugin({ path: socket }, { service: () => Promise.resolve(service), logger });
