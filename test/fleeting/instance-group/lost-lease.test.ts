import { OperationError, silentLogger } from '../../../src/support/index.js';
import { hasty } from '../../prism/simulated.js';
import { context, GroupScene } from './group-scene.js';

let scene: GroupScene;
afterEach(async () => await scene.close());

const LOST = new OperationError({ code: 'conflict', attempted: 'keep it', problem: 'it is lost' });

test('a process that lost its group changes nothing, and goes on telling what there is', async () => {
  scene = await GroupScene.start();
  const process = await scene.process().start();
  await process.group.increase(2, context());
  const names = await process.running(2);
  process.lostTo = LOST;
  await expect(process.group.increase(1, context())).rejects.toBe(LOST);
  await expect(process.group.decrease(names, context())).rejects.toBe(LOST);
  expect(await process.running(2)).toEqual(names);
  expect(scene.vmNames.toSorted()).toEqual(names.toSorted());
  process.lostTo = undefined;
  expect(await process.group.decrease(names, context())).toEqual(names);
});

test('what was to be removed is left when the group is lost meanwhile, and removed when it is back', async () => {
  scene = await GroupScene.start();
  const process = await scene.process().start();
  await process.group.increase(2, context());
  const names = await process.running(2);
  scene.simulator.addFault({ name: 'away', match: { kind: 'vm' }, do: { status: 503 } });
  expect(await process.group.decrease(names, context())).toEqual(names);
  process.lostTo = LOST;
  scene.simulator.clearFaults();
  while (process.warnings.filter((line) => line.includes('it is lost')).length < 2) await hasty.sleep(500);
  expect(scene.vmNames).toHaveLength(2);
  process.lostTo = undefined;
  await process.follow((states) => Object.keys(states).length === 0);
  expect(scene.vmNames).toEqual([]);
});

test('a found instance that does not get ready is left to the process that has the group by now', async () => {
  scene = await GroupScene.start({ guestFaults: () => ({}) });
  const first = await scene.process().start();
  await first.group.increase(1, context());
  await first.running(1);
  first.kill();
  const provider = scene.provider('ci', silentLogger);
  for (const { uuid } of scene.simulator.vms()) await provider.powerOff(uuid, context());
  const second = scene.process({}, hasty);
  second.lostTo = LOST;
  await second.start();
  while (!second.lines.some((line) => line.includes('it is lost'))) await hasty.sleep(500);
  expect(scene.vmNames).toHaveLength(1);
  second.lostTo = undefined;
  await second.follow((states) => Object.keys(states).length === 0);
  expect(scene.vmNames).toEqual([]);
});
