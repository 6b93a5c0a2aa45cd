import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../src/process/index.js';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

/** Faults of the cloud and of other processes, one by one. */
const lines: string[] = [];
const keep = (line: string): void => void lines.push(line);
const volume = { name: 'db' };

let hosts: MemoryHosts;
let a: MemoryHost;
let b: MemoryHost;
beforeEach(() => {
  lines.length = 0;
  hosts = new MemoryHosts({ debug: keep, info: keep, warn: keep });
  a = hosts.add('vm-a');
  b = hosts.add('vm-b');
});
afterEach(async () => {
  jest.useRealTimers();
  await hosts.free();
});

function attachments(): number {
  return [...hosts.cloud.volumes.values()].reduce((sum, one) => sum + one.attachments.length, 0);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe('Prism away from any step on', () => {
  const phases = ['ensure', 'mount', 'unmount', 'remove'] as const;

  test.each(phases)(
    'of %s: it fails with one message or is done, and the call again succeeds',
    async (phase) => {
      for (let step = 1; ; step += 1) {
        const name = `db-${step}`;
        const { service } = a;
        const work = {
          ensure: () => service.ensure(name, {}, callContext()),
          mount: () => service.mount({ name }, 'u', callContext()),
          unmount: () => service.unmount({ name }, 'u', callContext()),
          remove: () => service.remove({ name }, undefined, callContext()),
        };
        const struck: number[] = [];
        for (const each of phases) {
          if (each === phase) {
            let count = 0;
            hosts.cloud.around = () => {
              count += 1;
              if (count < step) return;
              struck.push(count);
              throw failure('unreachable', 'no route to Prism Central');
            };
            const failed = await work[each]().then(
              () => undefined,
              (error: unknown) => error,
            );
            hosts.cloud.around = () => undefined;
            if (failed !== undefined) expect(failed).toMatchObject({ code: 'unreachable' });
            else if (each === 'mount') await work.unmount();
          }
          await work[each]();
        }
        // What could not be given back at once is given back when Prism is there again.
        await until(() => attachments() === 0);
        expect(a.node.mounted.size).toBe(0);
        expect([...hosts.cloud.volumes.values()].filter((one) => one.name === name)).toEqual([]);
        if (struck.length === 0) break;
      }
      expect(hosts.disks.violations).toEqual([]);
      const names = [...hosts.cloud.volumes.values()].map((one) => one.name.replace(/\.removed-.*$/, ''));
      expect(names).toHaveLength(new Set(names).size);
    },
  );
});

describe('a task that does not end', () => {
  test('of a detach: unmounted and answered all the same, and the other host is told who has it', async () => {
    await a.service.ensure('db', {}, callContext());
    await a.service.mount(volume, 'u', callContext());
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    let isStuck = true;
    let begun = 0;
    const detach = hosts.cloud.detach.bind(hosts.cloud);
    Object.assign(hosts.cloud, {
      detach: async (id: string, attachment: Parameters<typeof detach>[1], context = callContext()) => {
        begun += 1;
        if (!isStuck) {
          await detach(id, attachment);
          return;
        }
        return await new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => reject(failure('timeout', 'not done in time')));
        });
      },
    });
    const unmounted = a.service.unmount(volume, 'u', callContext());
    await until(() => begun === 1);
    jest.advanceTimersByTime(20_000);
    await unmounted;
    expect(a.node.mounted.size).toBe(0);
    expect(attachments()).toBe(1);
    expect(lines.join('\n')).toContain('It is given back later.');
    await expect(b.service.mount(volume, 'u', callContext())).rejects.toMatchObject({
      code: 'conflict',
      problem: expect.stringContaining('VM "vm-vm-a"') as string,
    });
    isStuck = false;
    jest.advanceTimersByTime(600_000);
    await until(() => attachments() === 0);
  });

  test('of an attach: the caller is answered in time, and the volume is given back when it ends at last', async () => {
    await a.service.ensure('db', {}, callContext());
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let reached = (): void => undefined;
    const attaching = new Promise<void>((resolve) => (reached = resolve));
    hosts.cloud.around = async (call) => {
      if (call !== 'attachToVm after') return;
      reached();
      await ended;
    };
    const patience = new AbortController();
    const mount = a.service.mount(volume, 'u', callContext(patience.signal));
    const answer = expect(mount).rejects.toMatchObject({ code: 'timeout' });
    await attaching;
    patience.abort(failure('timeout', 'the engine waits no longer'));
    await answer;
    expect(attachments()).toBe(1);
    end();
    await until(() => attachments() === 0 && a.node.mounted.size === 0);
    expect(hosts.disks.violations).toEqual([]);
  });
});

describe('two processes of one host', () => {
  test('do one thing at a time with a volume', async () => {
    await a.service.ensure('db', {}, callContext());
    const first = a.service;
    const second = a.restart();
    await second.known();
    let inside = 0;
    let most = 0;
    a.node.around = async (call) => {
      inside += call.endsWith(' after') ? -1 : 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
    };
    const users = ['u1', 'u2', 'u3', 'u4'];
    const mounts = users.map(
      async (user, index) => await (index % 2 === 0 ? first : second).mount(volume, user, callContext()),
    );
    expect(new Set(await Promise.all(mounts)).size).toBe(1);
    for (const [index, user] of users.entries()) {
      expect(attachments()).toBe(1);
      await (index % 2 === 0 ? second : first).unmount(volume, user, callContext());
    }
    expect(most).toBe(1);
    expect(attachments()).toBe(0);
    expect(hosts.disks.violations).toEqual([]);
  });

  test('one that was killed in its turn leaves a lock that holds nobody up; one that lives is waited for', async () => {
    const { id } = await a.service.ensure('db', {}, callContext());
    const locks = join(a.folder, 'locks');
    mkdirSync(locks, { recursive: true });
    const path = join(locks, `${createHash('sha256').update(id).digest('hex').slice(0, 32)}.lock`);
    const { pid } = spawnSync('true');
    const [machine = '', boot = '', namespace = ''] = processIdentity().split('/');
    const holder = (identity: string, number: number): string =>
      JSON.stringify({ pid: number, process: identity, host: hostname(), since: '?', command: 'mount' });
    writeFileSync(path, holder([machine, boot, namespace, pid, '1'].join('/'), pid));
    await a.service.mount(volume, 'u', callContext());
    await a.service.unmount(volume, 'u', callContext());
    writeFileSync(path, holder(processIdentity(), process.pid));
    const patience = new AbortController();
    const waiting = a.service.mount(volume, 'u', callContext(patience.signal));
    const answer = expect(waiting).rejects.toMatchObject({ code: 'timeout' });
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(attachments()).toBe(0);
    patience.abort(failure('timeout', 'the engine waits no longer'));
    await answer;
    rmSync(path);
  });
});

test('a copy of a volume in use: said to be as after a power cut, mounted beside its original', async () => {
  await a.service.ensure('db', {}, callContext());
  await a.service.mount(volume, 'u', callContext());
  const said: string[] = [];
  const context = { ...callContext(), progress: (line: string) => void said.push(line) };
  await b.service.ensure('copy', { from: 'db' }, context);
  expect(said.join('\n')).toContain('the copy is as after a power cut at this moment');
  expect(attachments()).toBe(1);
});
