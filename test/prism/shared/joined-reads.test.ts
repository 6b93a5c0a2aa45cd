import type { Vm } from '../../../src/provider/index.js';
import { JoinedReads, type VmReader } from '../../../src/prism/shared/index.js';
import { OperationError, systemClock } from '../../../src/support/index.js';

const { signal } = new AbortController();

function vm(id: string, power: Vm['power']): Vm {
  const size = { sockets: 1, coresPerSocket: 1, memoryMiB: 1, disks: [] };
  return { id, name: id, lifecycle: 'ready', power, nics: [], size };
}

/** A cloud whose VMs have the power of the moment; lists and single reads are counted. */
class Cloud {
  power: Vm['power'] = 'on';
  singles = 0;
  readonly lists: (readonly string[])[] = [];
  worthAList = 4;
  inAList: number | undefined;
  /** Called while a list is under way. */
  onList: () => Promise<void> = () => Promise.resolve();

  reader(id: string): VmReader {
    return {
      worthAList: this.worthAList,
      inAList: this.inAList,
      one: () => {
        this.singles += 1;
        return Promise.resolve(vm(id, this.power));
      },
      many: async (wanted) => {
        const { power } = this;
        this.lists.push(wanted.map((one) => one.id));
        await this.onList();
        return new Map(wanted.filter((one) => one.id !== 'hidden').map((one) => [one.id, vm(one.id, power)]));
      },
    };
  }
}

function ask(reads: JoinedReads, cloud: Cloud, ...ids: string[]): Promise<(Vm['power'] | undefined)[]> {
  const asked = ids.map(async (id) => (await reads.read({ id, name: id }, cloud.reader(id), signal))?.power);
  return Promise.all(asked);
}

test('many questions become one list; what it does not show is read by itself', async () => {
  const cloud = new Cloud();
  const reads = new JoinedReads(systemClock, () => 10);
  expect(await ask(reads, cloud, 'a', 'b', 'c', 'hidden')).toEqual(['on', 'on', 'on', 'on']);
  expect(cloud.lists).toEqual([['a', 'b', 'c', 'hidden']]);
  expect(cloud.singles).toBe(1);
});

test('fewer than are worth a list are read one by one', async () => {
  const cloud = new Cloud();
  cloud.worthAList = 9;
  const reads = new JoinedReads(systemClock, () => 10);
  const names = Array.from('abcdefghi');
  await ask(reads, cloud, ...names.slice(1));
  expect([cloud.singles, cloud.lists]).toEqual([8, []]);
  await ask(reads, cloud, ...names);
  expect([cloud.singles, cloud.lists]).toEqual([8, [names]]);
});

test('few more than fit into lists are read one by one, while the lists are under way', async () => {
  const cloud = new Cloud();
  cloud.inAList = 5;
  const reads = new JoinedReads(systemClock, () => 20);
  const names = Array.from('abcdefghijklmn');
  const before: number[] = [];
  cloud.onList = async () => {
    before.push(cloud.singles);
    await Promise.resolve();
  };
  await ask(reads, cloud, ...names.slice(0, 13));
  expect([cloud.singles, cloud.lists]).toEqual([3, [names.slice(0, 10)]]);
  await ask(reads, cloud, ...names);
  expect([cloud.singles, cloud.lists.at(-1)]).toEqual([3, names]);
  await ask(reads, cloud, ...names.slice(0, 5));
  expect([cloud.singles, cloud.lists.at(-1)]).toEqual([3, names.slice(0, 5)]);
  expect(before).toEqual([3, 3, 3]);
});

test('a list that is under way when a question comes does not answer it', async () => {
  const cloud = new Cloud();
  const reads = new JoinedReads(systemClock, () => 10);
  let late: Promise<(Vm['power'] | undefined)[]> | undefined;
  cloud.onList = async () => {
    cloud.onList = () => Promise.resolve();
    cloud.power = 'off';
    late = ask(reads, cloud, 'a', 'b', 'c', 'd');
    await systemClock.sleep(0);
  };
  expect(await ask(reads, cloud, 'a', 'b', 'c', 'd')).toEqual(['on', 'on', 'on', 'on']);
  expect(await late).toEqual(['off', 'off', 'off', 'off']);
  expect(cloud.lists).toHaveLength(2);
});

test('a single session reads at once, and a server that refuses lists is asked one by one', async () => {
  const cloud = new Cloud();
  expect(await ask(new JoinedReads(systemClock, () => 1), cloud, 'a', 'b', 'c', 'd')).toHaveLength(4);
  expect(cloud.lists).toEqual([]);
  const problem = 'no such filter';
  cloud.onList = () =>
    Promise.reject(new OperationError({ code: 'invalid-input', attempted: 'list', problem }));
  const reads = new JoinedReads(systemClock, () => 10);
  expect(await ask(reads, cloud, 'a', 'b', 'c', 'd')).toEqual(['on', 'on', 'on', 'on']);
  expect(await ask(reads, cloud, 'a', 'b', 'c', 'd')).toEqual(['on', 'on', 'on', 'on']);
  expect(cloud.lists).toHaveLength(1);
});

test('a question of every session is waited for no longer', async () => {
  const cloud = new Cloud();
  const pauses: number[] = [];
  const clock = {
    ...systemClock,
    sleep: async (ms: number): Promise<void> => {
      pauses.push(ms);
      await Promise.resolve();
    },
  };
  await ask(new JoinedReads(clock, () => 4), cloud, 'a', 'b', 'c', 'd');
  await ask(new JoinedReads(clock, () => 5), cloud, 'a', 'b', 'c', 'd');
  expect(cloud.lists).toHaveLength(2);
  expect(pauses).toHaveLength(3);
});

test('the last question of all sessions ends the pause for more', async () => {
  const cloud = new Cloud();
  const clock = { ...systemClock, sleep: (): Promise<void> => new Promise(() => undefined) };
  const reads = new JoinedReads(clock, () => 5);
  const first = ask(reads, cloud, 'a', 'b');
  await Promise.resolve();
  expect(await ask(reads, cloud, 'c', 'd', 'e')).toHaveLength(3);
  expect(await first).toHaveLength(2);
  expect(cloud.lists).toEqual([['a', 'b', 'c', 'd', 'e']]);
});
