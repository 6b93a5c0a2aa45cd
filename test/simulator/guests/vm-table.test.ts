import type { Guest, GuestSpec } from '../../../src/simulator/index.js';
import { VmTable } from '../../../src/simulator/index.js';

const spec = (vmUuid: string): GuestSpec => ({
  vmUuid,
  name: `guest-${vmUuid}`,
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 1,
  nics: [],
  disks: [],
});

/** A table that writes down what it does; dropping VM `stuck` fails. */
function tableOf(said: string[]): {
  readonly table: VmTable<string>;
  readonly boot: (vmUuid: string) => Promise<Guest>;
} {
  const table = new VmTable<string>({
    make: (vmUuid) => {
      said.push(`make ${vmUuid}`);
      return `kept of ${vmUuid}`;
    },
    drop: async (kept, vmUuid) => {
      await Promise.resolve();
      if (vmUuid === 'stuck') throw new Error('it stays');
      said.push(`drop ${kept}`);
    },
  });
  const guestOf = (vmUuid: string): Guest => ({
    requestShutdown: () => undefined,
    requestReboot: () => undefined,
    powerOff: async () => {
      await Promise.resolve();
      said.push(`off ${vmUuid}`);
    },
    reset: async () => await Promise.resolve(),
  });
  const boot = async (vmUuid: string): Promise<Guest> =>
    await table.powerOn(spec(vmUuid), async (kept) => {
      said.push(`boot with ${kept}`);
      await Promise.resolve();
      said.push(`on ${vmUuid}`);
      return guestOf(vmUuid);
    });
  return { table, boot };
}

test('of a VM, one change at a time; what is kept of it lives until it is removed', async () => {
  const said: string[] = [];
  const { table, boot } = tableOf(said);
  await Promise.all([boot('a'), boot('a'), table.remove('a'), table.remove('a'), table.remove('never')]);
  const first = ['make a', 'boot with kept of a', 'on a'];
  const second = ['off a', 'boot with kept of a', 'on a'];
  expect(said).toEqual([...first, ...second, 'off a', 'drop kept of a']);
});

test('closing removes every VM, then closes the rest once, whatever could not be removed; nothing boots any more', async () => {
  const said: string[] = [];
  const { table, boot } = tableOf(said);
  await boot('stuck');
  await boot('b');
  said.length = 0;
  const closeRest = async (): Promise<void> => {
    await Promise.resolve();
    said.push('rest');
  };
  await Promise.all([table.close(closeRest), table.close(closeRest)]);
  expect(said.toSorted()).toEqual(['drop kept of b', 'off b', 'off stuck', 'rest']);
  expect(said.at(-1)).toBe('rest');
  await expect(boot('c')).rejects.toMatchObject({
    code: 'cancelled',
    message: 'boot guest guest-c: the simulator is closing',
  });
});
