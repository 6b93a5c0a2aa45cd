/**
 * The plugin's protocol in front of folders instead of volume groups: what Docker's engine does is asked here, not what
 * becomes of data. `bun folder-plugin.ts SOCKET STATE`; all state is in files of STATE, so the process may be killed. While
 * there is a file STATE/away, the cloud cannot be asked.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveDockerPlugin } from '../../../src/docker-plugin/index.js';
import type { DriverService } from '../../../src/docker-plugin/volume-driver.js';
import { OperationError } from '../../../src/support/index.js';
import type { VolumeReference, VolumeSummary } from '../../../src/volume/index.js';

const [socket = '', state = ''] = process.argv.slice(2);
for (const folder of ['cloud', 'known', 'users', 'mounts'])
  mkdirSync(join(state, folder), { recursive: true });
const log = (line: string): void => appendFileSync(join(state, 'log'), `${line}\n`);

function summaryOf(name: string): VolumeSummary {
  const mountpoint = existsSync(join(state, 'mounts', name)) ? join(state, 'mounts', name) : undefined;
  return { id: name, name, sizeBytes: 2 ** 30, filesystem: 'xfs', mountpoint };
}

function nameIn(volume: VolumeReference): string {
  return 'name' in volume ? volume.name : volume.id;
}

function askCloud(): void {
  if (!existsSync(join(state, 'away'))) return;
  throw new OperationError({ code: 'unreachable', attempted: 'ask Prism Central', problem: 'no route' });
}

const service: DriverService = {
  ensure: (name, options) => {
    log(`ensure ${name} ${JSON.stringify(options)}`);
    askCloud();
    for (const folder of ['cloud', 'known']) mkdirSync(join(state, folder, name), { recursive: true });
    return Promise.resolve(summaryOf(name));
  },
  remove: (volume) => {
    log(`remove ${nameIn(volume)}`);
    askCloud();
    for (const folder of ['cloud', 'known', 'users']) {
      rmSync(join(state, folder, nameIn(volume)), { recursive: true, force: true });
    }
    return Promise.resolve();
  },
  mount: (volume, user) => {
    const name = nameIn(volume);
    log(`mount ${name} ${user}`);
    const [source, target] = [join(state, 'cloud', name), join(state, 'mounts', name)];
    if (!existsSync(target)) {
      askCloud();
      mkdirSync(target);
      execFileSync('mount', ['--bind', source, target]);
    }
    const users = join(state, 'users', name);
    mkdirSync(users, { recursive: true });
    writeFileSync(join(users, `${user}.${String(readdirSync(users).length)}`), '');
    return Promise.resolve(target);
  },
  answered: () => Promise.resolve(),
  unmount: (volume, user) => {
    const name = nameIn(volume);
    log(`unmount ${name} ${user}`);
    const users = join(state, 'users', name);
    const target = join(state, 'mounts', name);
    const mine = existsSync(users) ? readdirSync(users).find((one) => one.startsWith(`${user}.`)) : undefined;
    if (mine !== undefined) rmSync(join(users, mine));
    if (existsSync(users) && readdirSync(users).length === 0 && existsSync(target)) {
      execFileSync('umount', [target]);
      rmSync(target, { recursive: true });
    }
    return Promise.resolve();
  },
  find: (volume) => {
    log(`find ${nameIn(volume)}`);
    try {
      askCloud();
    } catch (error) {
      return Promise.reject(OperationError.from(error, 'find'));
    }
    const name = nameIn(volume);
    if (!existsSync(join(state, 'cloud', name))) return Promise.resolve(undefined);
    mkdirSync(join(state, 'known', name), { recursive: true });
    return Promise.resolve(summaryOf(name));
  },
  known: () => Promise.resolve(readdirSync(join(state, 'known')).map(summaryOf)),
};

const logger = { debug: log, info: log, warn: log };
void serveDockerPlugin({ path: socket }, { service: () => Promise.resolve(service), logger }).then(() =>
  process.stdout.write('listening\n'),
);
