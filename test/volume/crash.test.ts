import { readdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { callContext, failure } from './memory-cloud.js';
import { MemoryHosts, type MemoryHost } from './memory-hosts.js';

const VM = 'vm-a';
const OTHER = 'vm-b';

let hosts: MemoryHosts;
let release: (() => void)[] = [];
beforeEach(() => {
  hosts = new MemoryHosts();
  release = [];
});
afterEach(async () => {
  for (const end of release) end();
  await hosts.free();
});

/** The process stops for ever at its n-th step: a call to cloud or node, once before it is done and once after. */
function stopAt(host: MemoryHost, step: number): Promise<void> {
  let count = 0;
  return new Promise((stopped) => {
    const around = async (): Promise<void> => {
      count += 1;
      if (count !== step) return;
      stopped();
      await new Promise<void>((_, reject) => {
        release.push(() => reject(failure('cancelled', 'the process was killed')));
      });
    };
    hosts.cloud.around = around;
    host.node.around = around;
  });
}

/** Does it as a process that is killed at this step; false = it ended before. */
async function killedAt(host: MemoryHost, step: number, work: () => Promise<unknown>): Promise<boolean> {
  const stopped = stopAt(host, step).then(() => true);
  const ended = work().then(
    () => false,
    () => false,
  );
  const wasKilled = await Promise.race([stopped, ended]);
  hosts.cloud.around = () => undefined;
  host.node.around = () => undefined;
  host.restart();
  return wasKilled;
}

/** Volume groups that are no volume: neither of the name nor removed with it. */
function orphans(name: string): string[] {
  return [...hosts.cloud.volumes.values()]
    .map((volume) => volume.name)
    .filter((one) => one !== name && !one.startsWith(`${name}.removed-`));
}

function attachments(): number {
  return [...hosts.cloud.volumes.values()].reduce((sum, volume) => sum + volume.attachments.length, 0);
}

async function settled(done: () => boolean): Promise<void> {
  // What goes on in the background writes files, too; the test's own limit ends this.
  while (!done()) await new Promise(setImmediate);
}

describe('a process that is killed', () => {
  test.each(['process', 'host'])(
    'at any step of create, mount, unmount, remove (%s): repeated calls succeed, and nothing is left',
    async (what) => {
      let kills = 0;
      for (const phase of ['ensure', 'mount', 'unmount', 'remove'] as const) {
        for (let step = 1; ; step += 1) {
          const host = hosts.add(`${VM}-${phase}-${step}`);
          const name = `db-${phase}-${step}`;
          const work = {
            ensure: () => host.service.ensure(name, {}, callContext()),
            mount: () => host.service.mount({ name }, 'user-1', callContext()),
            unmount: () => host.service.unmount({ name }, 'user-1', callContext()),
            remove: () => host.service.remove({ name }, undefined, callContext()),
          };
          let wasKilled = false;
          for (const each of ['ensure', 'mount', 'unmount', 'remove'] as const) {
            if (each === phase) {
              wasKilled = await killedAt(host, step, work[each]);
              if (wasKilled && what === 'host') host.node.crash();
              // A mount that has ended counts, and the next one counts again.
              if (!wasKilled && each === 'mount') await work.unmount();
            }
            const mountpoint = await work[each]();
            if (typeof mountpoint === 'string') writeFileSync(join(mountpoint, 'row'), name);
          }
          const removed = [...hosts.cloud.volumes.values()].find((one) =>
            one.name.startsWith(`${name}.removed-`),
          );
          expect(removed).toBeDefined();
          expect(removed?.attachments).toEqual([]);
          expect([...host.node.mounted]).toEqual([]);
          expect(readdirSync(join(host.folder, 'mounts'))).toEqual([]);
          expect(orphans(name).filter((one) => one.startsWith(name))).toEqual([]);
          // What was written is there when it is asked for again.
          await host.service.restore({ id: removed?.id ?? '' }, callContext());
          const again = await host.service.mount({ name }, 'user-2', callContext());
          expect(readFileSync(join(again, 'row'), 'utf8')).toBe(name);
          await host.service.unmount({ name }, 'user-2', callContext());
          if (!wasKilled) break;
          kills += 1;
        }
      }
      expect(hosts.disks.violations).toEqual([]);
      expect(attachments()).toBe(0);
      expect(kills).toBeGreaterThan(45);
    },
  );

  test('in the middle of a mount, and never called again: the next process gives the volume back', async () => {
    for (let step = 1; ; step += 1) {
      const host = hosts.add(`${VM}-${step}`);
      const name = `db-${step}`;
      await host.service.ensure(name, {}, callContext());
      const wasKilled = await killedAt(host, step, () => host.service.mount({ name }, 'user', callContext()));
      const count = (): number =>
        [...hosts.cloud.volumes.values()].find((one) => one.name === name)?.attachments.length ?? 0;
      if (!wasKilled) {
        expect(count()).toBe(1);
        break;
      }
      await settled(() => count() === 0 && host.node.mounted.size === 0);
      expect([step, count(), host.node.mounted.size]).toEqual([step, 0, 0]);
    }
    expect(hosts.disks.violations).toEqual([]);
  });
});

describe('whatever the order of calls', () => {
  type Call =
    | { readonly kind: 'ensure' | 'remove' | 'restore' | 'restart' | 'crash'; readonly host: number }
    | { readonly kind: 'mount' | 'unmount'; readonly host: number; readonly user: string }
    | { readonly kind: 'off' | 'on'; readonly host: number };
  const anyHost = { host: fc.integer({ min: 0, max: 1 }) };
  const calls: fc.Arbitrary<Call> = fc.oneof(
    fc.record({ kind: fc.constantFrom('ensure', 'remove', 'restore', 'restart', 'crash'), ...anyHost }),
    fc.record({ kind: fc.constantFrom('off', 'on'), ...anyHost }),
    fc.record({ kind: fc.constantFrom('mount', 'unmount'), user: fc.constantFrom('u1', 'u2'), ...anyHost }),
    fc.record({ kind: fc.constantFrom('mount', 'unmount'), user: fc.constantFrom('u1', 'u2'), ...anyHost }),
  );

  test('no written byte is lost, and no two hosts have it mounted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 4, maxLength: 24 }), async (order) => {
        const world = new MemoryHosts();
        try {
          const both = [world.add(VM), world.add(OTHER)];
          /** What was written into the volume of this id. */
          const written = new Map<string, string>();
          let count = 0;
          for (const call of order) {
            const host = both[call.host] ?? both[0];
            if (host === undefined) continue;
            count += 1;
            await once(world, host, call, written, String(count)).catch((error: unknown) => {
              expect(error).toHaveProperty('code');
            });
            expect(world.disks.violations).toEqual([]);
          }
          for (const id of written.keys()) expect(world.cloud.volumes.has(id)).toBe(true);
        } finally {
          await world.free();
        }
      }),
      { numRuns: 40 },
    );
  });

  async function once(
    world: MemoryHosts,
    host: MemoryHost,
    call: Call,
    written: Map<string, string>,
    stamp: string,
  ): Promise<void> {
    const vm = world.cloud.vms.get(host.vmId);
    const isOff = vm?.power === 'off';
    const service = host.service;
    if (call.kind === 'off' && vm !== undefined) {
      host.node.crash();
      world.cloud.vms.set(host.vmId, { ...vm, power: 'off' });
    } else if (call.kind === 'on' && vm !== undefined) {
      world.cloud.vms.set(host.vmId, { ...vm, power: 'on' });
      host.restart();
    } else if (isOff) {
      return;
    } else if (call.kind === 'ensure') {
      await service.ensure('db', {}, callContext());
    } else if (call.kind === 'remove') {
      await service.remove({ name: 'db' }, undefined, callContext());
    } else if (call.kind === 'restore') {
      await service.restore({ name: 'db' }, callContext());
    } else if (call.kind === 'restart') {
      host.restart();
    } else if (call.kind === 'crash') {
      host.node.crash();
      host.restart();
    } else if (call.kind === 'unmount') {
      await service.unmount({ name: 'db' }, call.user, callContext());
    } else if (call.kind === 'mount') {
      const folder = await service.mount({ name: 'db' }, call.user, callContext());
      const id = folder.split('/').at(-2) ?? '';
      const file = join(folder, 'row');
      const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      expect(before).toBe(written.get(id));
      writeFileSync(file, stamp);
      written.set(id, stamp);
    }
  }
});

test('500 times two hosts want it at once: one gets it, and never both', async () => {
  const [a, b] = [hosts.add(VM), hosts.add(OTHER)];
  await a.service.ensure('db', {}, callContext());
  let last: string | undefined;
  const won = { [VM]: 0, [OTHER]: 0 };
  for (let race = 1; race <= 500; race += 1) {
    const order = race % 2 === 0 ? [a, b] : [b, a];
    const tried = await Promise.allSettled(
      order.map(async (host) => ({
        host,
        folder: await host.service.mount({ name: 'db' }, 'u', callContext()),
      })),
    );
    const got = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect([race, got.length, hosts.disks.violations]).toEqual([race, 1, []]);
    expect(refused[0]).toMatchObject({ code: 'conflict' });
    for (const { host, folder } of got) {
      const file = join(folder, 'stamp');
      expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(last);
      last = `${host.vmId} ${race}`;
      writeFileSync(file, last);
      won[host.vmId === VM ? VM : OTHER] += 1;
      await host.service.unmount({ name: 'db' }, 'u', callContext());
    }
  }
  expect(Math.min(...Object.values(won))).toBeGreaterThan(0);
});
