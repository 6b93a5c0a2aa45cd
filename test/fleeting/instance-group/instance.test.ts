import { Instance } from '../../../src/fleeting/instance-group/instance.js';
import { InstanceRegistry } from '../../../src/fleeting/instance-group/instance-registry.js';
import { OperationError, type Clock } from '../../../src/support/index.js';

const why = new OperationError({ code: 'cancelled', attempted: 'keep it', problem: 'it failed' });
const counted = (): Instance => {
  const instance = new Instance({ name: 'ci-1' }, true);
  instance.isCounted = true;
  return instance;
};

/** The runner loses a place of its capacity for good where a counted instance is never seen alive. */
test('an instance that was counted is told of as creating first, also when it is gone by then', () => {
  const instance = counted();
  instance.leave(why);
  instance.gone(1);
  expect([instance.isToldOff, instance.report(), instance.report(), instance.report()]).toEqual([
    false,
    'creating',
    'deleted',
    undefined,
  ]);
  expect(instance.isToldOff).toBe(true);
});

test('one that is being rolled back is creating once, then deleting, then deleted once', () => {
  const instance = counted();
  instance.leave(why);
  expect([instance.report(), instance.report(), instance.report()]).toEqual([
    'creating',
    'deleting',
    'deleting',
  ]);
  instance.gone(1);
  expect([instance.report(), instance.report()]).toEqual(['deleted', undefined]);
});

test('one that was refused before it was counted is told of by nothing', () => {
  const instance = new Instance({ name: 'ci-1' }, true);
  instance.isRefused = true;
  instance.leave(why);
  expect(instance.report()).toBeUndefined();
  instance.gone(1);
  expect([instance.report(), instance.isToldOff]).toEqual([undefined, true]);
});

test('one that is gone is none to be found again while lists may be old, and no longer', () => {
  let now = 0;
  const clock: Clock = { now: () => now, sleep: async () => await Promise.resolve() };
  const registry = new InstanceRegistry(clock);
  const tokens = ['first', 'second'].map((creationToken) => {
    registry.markGone(new Instance({ name: `ci-${creationToken}`, creationToken }, true), why);
    now += 60_000;
    return creationToken;
  });
  const departed = (): boolean[] => [...tokens, 'other'].map((token) => registry.hasDeparted(token));
  expect(departed()).toEqual([true, true, false]);
  now = 10 * 60_000;
  expect(departed()).toEqual([false, true, false]);
  now += 60_000;
  expect(departed()).toEqual([false, false, false]);
});
