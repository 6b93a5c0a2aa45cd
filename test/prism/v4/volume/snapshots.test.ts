import { randomUUID } from 'node:crypto';
import type { Volumes } from '../../../../src/provider/index.js';
import type { Simulator } from '../../../../src/simulator/index.js';
import { context, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { GIB, newVolume, placement, volumesPorts } from './simulated-volumes.js';

const { start, stop } = simulated();
const { to, stop: stopVolumes } = volumesPorts();
const NOWHERE = '11111111-2222-4333-8444-555555555555';

describe.each(['pc.2024.3', 'pc.7.6'])('%s', (pcVersion) => {
  let simulator: Simulator;
  let volumes: Volumes;

  beforeAll(async () => {
    simulator = await start({ pcVersion, profile: 'fast' });
    volumes = to(simulator);
  });
  afterAll(async () => {
    await stopVolumes();
    await stop();
  });

  test('taken, listed, restored, deleted', async () => {
    const [id, other] = [
      await volumes.create(randomUUID(), newVolume('db'), context()),
      await volumes.create(randomUUID(), newVolume('other'), context()),
    ];
    const requestId = randomUUID();
    const snapshot = await volumes.createSnapshot(requestId, id, 's1', context());
    expect(await volumes.createSnapshot(requestId, id, 's1', context())).toBe(snapshot);
    await volumes.createSnapshot(randomUUID(), other, 's2', context());
    const seen = {
      ...{ id: snapshot, name: 's1', volumeId: id, sizeBytes: GIB, ready: true },
      madeAt: expect.any(Date) as Date,
    };
    expect(await volumes.findSnapshot(snapshot, context())).toEqual(seen);
    expect(await volumes.listSnapshots(id, context())).toEqual([seen]);
    expect((await volumes.listSnapshots(undefined, context())).map(({ name }) => name)).toEqual(['s1', 's2']);
    const restoring = randomUUID();
    const wanted = { name: 'copy', description: 'from s1', placement };
    const copy = await volumes.createFromSnapshot(restoring, snapshot, wanted, context());
    expect(await volumes.createFromSnapshot(restoring, snapshot, wanted, context())).toBe(copy);
    expect(await volumes.find(copy, context())).toMatchObject({
      name: 'copy',
      description: 'from s1',
      disks: [{ sizeBytes: GIB }],
      attachments: [],
      shared: false,
    });
    await volumes.rename(copy, { name: 'copy.removed', description: 'removed' }, context());
    expect(await volumes.createFromSnapshot(restoring, snapshot, wanted, context())).toBe(copy);
    expect(await volumes.find(copy, context())).toMatchObject({
      name: 'copy.removed',
      description: 'removed',
    });
    await volumes.deleteSnapshot(snapshot, context());
    await volumes.deleteSnapshot(snapshot, context());
    expect(await volumes.findSnapshot(snapshot, context())).toBeUndefined();
    expect(
      await rejection(volumes.createFromSnapshot(randomUUID(), snapshot, wanted, context())),
    ).toMatchObject({
      code: 'not-found',
    });
    expect(await rejection(volumes.createSnapshot(randomUUID(), NOWHERE, 'x', context()))).toMatchObject({
      code: 'task-failed',
      taskId: expect.stringMatching(/^ZXJnb24=:/) as string,
    });
  });

  test('a clone is as large as it is asked for, and needs its source only once', async () => {
    const id = await volumes.create(randomUUID(), newVolume('source'), context());
    const requestId = randomUUID();
    const wanted = newVolume('clone', { from: id, sizeBytes: 2 * GIB });
    const clone = await volumes.create(requestId, wanted, context());
    expect(await volumes.find(clone, context())).toMatchObject({ disks: [{ sizeBytes: 2 * GIB }] });
    await volumes.delete(id, context());
    expect(await volumes.create(requestId, wanted, context())).toBe(clone);
    expect(await rejection(volumes.create(randomUUID(), wanted, context()))).toMatchObject({
      code: 'not-found',
      attempted: 'create volume group "clone"',
      concerns: { kind: 'volume group', name: id },
    });
  });
});
