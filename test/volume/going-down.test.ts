import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

/** A host that goes down while containers, or the engine's last calls, still have volumes. */
const lines: string[] = [];
const keep = (line: string): void => void lines.push(line);
const volume = { name: 'db' };

let hosts: MemoryHosts;
let host: MemoryHost;
beforeEach(() => {
  lines.length = 0;
  hosts = new MemoryHosts({ debug: keep, info: keep, warn: keep });
  host = hosts.add('host-a');
});
afterEach(async () => await hosts.free());

/** The host with volume `db` mounted for a user. */
async function mounted(attachment: 'iscsi' | 'vm'): Promise<void> {
  host.restart({ attachment });
  await host.service.ensure('db', {}, callContext());
  await host.service.mount(volume, 'u', callContext());
  await host.service.answered(volume, 'u', callContext());
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([1, 1]);
  lines.length = 0;
}

function record(): unknown {
  const [file = ''] = readdirSync(join(host.folder, 'volumes'));
  return JSON.parse(readFileSync(join(host.folder, 'volumes', file), 'utf8'));
}

test('what comes over the network is unmounted and disconnected, without Prism and without a change of its record', async () => {
  await mounted('iscsi');
  const before = record();
  hosts.cloud.around = (call) => {
    throw failure('unreachable', call);
  };
  host.node.goesDown = true;
  await host.service.close();
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([0, 0]);
  expect(record()).toEqual(before);
  expect(lines).toEqual(['volume "db" is disconnected: this host is going down']);
});

test('after the start the container has it back with what was written, and gives it back in the end', async () => {
  await mounted('iscsi');
  host.node.goesDown = true;
  await host.service.close();
  host.node.crash();
  host.restart({ attachment: 'iscsi' });
  await host.service.mount(volume, 'u', callContext());
  await host.service.answered(volume, 'u', callContext());
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([1, 1]);
  await host.service.unmount(volume, 'u', callContext());
  expect([...hosts.cloud.volumes.values()].map(({ attachments }) => attachments)).toEqual([[]]);
  expect(hosts.disks.violations).toEqual([]);
});

test('a container that still ends is waited for', async () => {
  await mounted('iscsi');
  const [target = ''] = [...host.node.mounted.keys()];
  host.node.busy.add(target);
  let attempts = 0;
  host.node.around = (call) => {
    if (call === 'unmount' && (attempts += 1) === 4) host.node.busy.delete(target);
  };
  host.node.goesDown = true;
  await host.service.close();
  expect([attempts, host.node.mounted.size, host.node.devices.size]).toEqual([4, 0, 0]);
});

test.each([
  ['a file system', { filesystem: { type: 'ext4', mountOptions: [] } }],
  ['a block device', {}],
] as const)('%s that CSI has staged and published is taken away with its binds', async (_, kind) => {
  host.restart({ attachment: 'iscsi' });
  await host.service.ensure('db', {}, callContext());
  const place = (name: string): string => join(host.folder, 'csi', name);
  const published = { ...kind, stagingPath: place('staging'), targetPath: place('target'), readOnly: false };
  await host.service.publish(volume, published, callContext());
  const before = record();
  host.node.goesDown = true;
  await host.service.close();
  expect([host.node.binds.size, host.node.mounted.size, host.node.devices.size]).toEqual([0, 0, 0]);
  expect(record()).toEqual(before);
});

test('work that waits for Prism keeps the others and the end of the program waiting for no longer than the unit may take', async () => {
  await mounted('iscsi');
  await host.service.ensure('logs', {}, callContext());
  await host.service.mount({ name: 'logs' }, 'u', callContext());
  let answer = (): void => undefined;
  let isAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  hosts.cloud.around = async (call) => {
    if (call !== 'grow') return;
    isAsked();
    await new Promise<void>((resolve) => (answer = resolve));
  };
  const grown = host.service.grow(volume, 2 ** 32, callContext()).catch((error: unknown) => error);
  await asked;
  host.node.goesDown = true;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const closed = host.service.close();
    while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lines).toEqual(['volume "logs" is disconnected: this host is going down']);
    await jest.advanceTimersByTimeAsync(130_000);
    expect(lines[1]).toContain('not done after 130 s');
    answer();
    await closed;
  } finally {
    answer();
    jest.useRealTimers();
  }
  await grown;
});

test('a disk that cannot be taken away is told, and stands in no way of the others', async () => {
  await mounted('iscsi');
  await host.service.ensure('logs', {}, callContext());
  await host.service.mount({ name: 'logs' }, 'u', callContext());
  let isFirst = true;
  host.node.around = (call) => {
    if (call !== 'releaseDevice' || !isFirst) return;
    isFirst = false;
    throw failure('task-failed', 'iscsid does not answer');
  };
  host.node.goesDown = true;
  await host.service.close();
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([0, 1]);
  expect(lines.filter((line) => line.includes('iscsid does not answer'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('is disconnected'))).toHaveLength(1);
});

test('records that cannot be read keep the program from nothing else', async () => {
  await mounted('iscsi');
  const folder = join(host.folder, 'volumes');
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, '');
  host.node.goesDown = true;
  await host.service.close();
  expect(lines.filter((line) => line.includes('ENOTDIR'))).toHaveLength(1);
});

test('a host that does not tell whether it goes down: that is told, and the volume stays mounted', async () => {
  await mounted('iscsi');
  host.node.isGoingDown = async () => await Promise.reject(failure('timeout', 'systemctl does not answer'));
  await host.service.close();
  expect(lines.filter((line) => line.includes('systemctl does not answer'))).toHaveLength(1);
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([1, 1]);
});

test.each([
  ['the program ends and the host goes on', 'iscsi', false],
  ["the disk is the VM's own", 'vm', true],
] as const)('%s: the volume stays mounted', async (_, attachment, goesDown) => {
  await mounted(attachment);
  host.node.goesDown = goesDown;
  await host.service.close();
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([1, 1]);
});

test('a command of the host takes nothing away while the plugin has it', async () => {
  await mounted('iscsi');
  host.node.goesDown = true;
  await host.restart({ attachment: 'iscsi', background: false }).close();
  expect([host.node.mounted.size, host.node.devices.size]).toEqual([1, 1]);
});
