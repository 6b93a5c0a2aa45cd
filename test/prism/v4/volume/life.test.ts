import { randomUUID } from 'node:crypto';
import type { Notes, Volumes } from '../../../../src/provider/index.js';
import type { Simulator } from '../../../../src/simulator/index.js';
import { context, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { presetSpec, v4Providers } from '../simulated-v4.js';
import { GIB, newVolume, placement, volumesPorts } from './simulated-volumes.js';

const { start, stop } = simulated();
const { to: providerTo, stop: stopProviders } = v4Providers();
const { to, stop: stopVolumes } = volumesPorts();

describe.each(['pc.2024.3', 'pc.7.3', 'pc.7.6'])('%s', (pcVersion) => {
  let simulator: Simulator;
  let volumes: Volumes & Notes;
  const vms: string[] = [];

  beforeAll(async () => {
    simulator = await start({ pcVersion, profile: 'fast' });
    volumes = to(simulator);
    const provider = providerTo(simulator, { pcVersion });
    for (const name of ['web-1', 'web-2']) {
      const token = await provider.issueCreationToken(name, context());
      vms.push(await provider.create(token, presetSpec(name), context()));
    }
  });
  afterAll(async () => {
    await stopVolumes();
    await stopProviders();
    await stop();
    vms.length = 0;
  });

  test('a note is made, read by others, and replaced', async () => {
    expect(await volumes.findNote('life-x', context())).toBeUndefined();
    await volumes.putNote('life-x', 'one', context());
    expect(await to(simulator).findNote('life-x', context())).toBe('one');
    await volumes.putNote('life-x', 'two', context());
    expect(await volumes.findNote('life-x', context())).toBe('two');
    expect(await volumes.findNote('life-y', context())).toBeUndefined();
  });

  test('made, attached, detached, deleted', async () => {
    const id = await volumes.create(randomUUID(), newVolume('db'), context());
    const listed = {
      id,
      name: 'db',
      description: 'for a test',
      clusterId: placement.cluster.id,
      attachments: [],
      shared: false,
      targetName: `db-${id}`,
    };
    const storageContainer = placement.storageContainer.id;
    const disks = [{ id: expect.any(String) as string, index: 0, sizeBytes: GIB, storageContainer }];
    const made = { ...listed, disks };
    expect(await volumes.find(id, context())).toEqual({ ...made, categories: [] });
    expect(await volumes.findByName('db', context())).toEqual([made]);
    expect(await volumes.findByName('DB', context())).toEqual([]);
    expect(await volumes.list('d', context())).toStrictEqual([listed]);
    const [vm = '', other = ''] = vms;
    const attachment = await volumes.attachToVm(id, vm, context());
    expect(attachment).toEqual({ kind: 'vm', vmId: vm, scsiTarget: 2 });
    expect(await volumes.attachToVm(id, vm, context())).toEqual(attachment);
    for (const seen of [
      await volumes.find(id, context()),
      ...(await volumes.findByName('db', context())),
      ...(await volumes.list(undefined, context())),
    ]) {
      expect(seen).toMatchObject({ attachments: [attachment] });
    }
    const elsewhere = `it is attached to VM ${vm}`;
    expect(await rejection(volumes.attachToVm(id, other, context()))).toMatchObject({
      code: 'conflict',
      attempted: `attach volume group ${id} to VM ${other}`,
      problem: elsewhere,
    });
    expect(await rejection(volumes.delete(id, context()))).toMatchObject({
      code: 'conflict',
      problem: elsewhere,
    });
    expect(await volumes.findVm(vm, context())).toEqual({ id: vm, name: 'web-1', power: 'on' });
    await volumes.detach(id, attachment, context());
    await volumes.detach(id, attachment, context());
    await volumes.detach(id, { kind: 'vm', vmId: other }, context());
    expect(await volumes.attachToVm(id, other, context())).toMatchObject({ vmId: other });
    await volumes.detach(id, { kind: 'vm', vmId: other }, context());
    await volumes.delete(id, context());
    await volumes.delete(id, context());
    await volumes.detach(id, attachment, context());
    expect(await volumes.find(id, context())).toBeUndefined();
    expect(await volumes.list(undefined, context())).toEqual([]);
  });

  test('renamed, grown, in categories', async () => {
    const id = await volumes.create(randomUUID(), newVolume('old'), context());
    await volumes.rename(id, { name: 'new', description: 'another' }, context());
    await volumes.rename(id, { name: 'new', description: 'another' }, context());
    const [disk] = (await volumes.find(id, context()))?.disks ?? [];
    await volumes.grow(id, disk?.id ?? '', 3 * GIB, context());
    await volumes.grow(id, disk?.id ?? '', 3 * GIB, context());
    expect(await rejection(volumes.grow(id, disk?.id ?? '', GIB, context()))).toMatchObject({
      code: 'invalid-input',
      problem: expect.stringMatching('a disk never shrinks') as string,
    });
    await volumes.changeCategories(id, { add: ['docker:removed', 'env:prod'] }, context());
    await volumes.changeCategories(id, { add: ['env:prod'], remove: ['docker:other'] }, context());
    expect(await volumes.find(id, context())).toMatchObject({
      name: 'new',
      description: 'another',
      disks: [{ id: disk?.id, sizeBytes: 3 * GIB }],
      categories: ['docker:removed', 'env:prod'],
    });
    await volumes.changeCategories(id, { remove: ['docker:removed'] }, context());
    expect(await volumes.find(id, context())).toMatchObject({ categories: ['env:prod'] });
    await volumes.delete(id, context());
  });
});
