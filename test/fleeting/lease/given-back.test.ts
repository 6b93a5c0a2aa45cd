import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { GroupLease } from '../../../src/fleeting/lease/index.js';
import { context, LeaseScene, NAME, type Computer } from './lease-scene.js';

let scene: LeaseScene;
beforeEach(() => (scene = new LeaseScene()));
afterEach(async () => await scene.close());

const computer = (name: string): Computer => scene.computer(name);
const take = async (on: Computer): Promise<GroupLease> => await scene.take(on);

test('a group that was given back is free for every computer at once', async () => {
  const a = computer('a');
  const lease = await take(a);
  await scene.clock.until(lease.release());
  expect(scene.cloud.notes).toEqual(new Map());
  expect(readdirSync(a.folder)).toEqual([]);
  expect(await scene.secondsOf(async () => await take(computer('b')))).toBeLessThan(2);
});

test('where the account may not remove the note, it is free for every computer, too', async () => {
  const a = computer('a');
  const lease = await take(a);
  a.removeRefusal = 'permission-denied';
  await scene.clock.until(lease.release());
  expect(scene.cloud.notes.get(NAME)).toBe('free');
  expect(a.log).toEqual([]);
  expect(await scene.secondsOf(async () => await take(computer('b')))).toBeLessThan(2);
});

test('a note that another process writes while the group is given back stays', async () => {
  const a = computer('a');
  const lease = await take(a);
  const other = scene.cloud.notes.get(NAME)?.replace(/^held [0-9a-f-]+/, `held ${randomUUID()}`) ?? '';
  a.removeRefusal = 'conflict';
  a.beforeWrite = () => void scene.cloud.notes.set(NAME, other);
  await scene.clock.until(lease.release());
  expect(scene.cloud.notes.get(NAME)).toBe(other);
});

test('a process that has lost its group has it again when the note of the other one is removed', async () => {
  const a = computer('a');
  const lost = await take(a);
  a.readRefusal = 'unreachable';
  const other = await take(computer('b'));
  a.readRefusal = undefined;
  await expect(lost.confirm('make instances', context)).rejects.toMatchObject({ code: 'conflict' });
  await scene.clock.until(other.release());
  await lost.confirm('make instances', context);
  expect(scene.cloud.notes.get(NAME)).toContain('by=runner@a');
});
