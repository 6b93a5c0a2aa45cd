import { inParallel } from '../../../src/fleet/context/in-parallel.js';

test('bounded work: never more at once, none begun after a stop, results in order', async () => {
  const stop = new AbortController();
  let [now, most] = [0, 0];
  const results = await inParallel([0, 1, 2, 3, 4, 5, 6], 2, stop.signal, async (item) => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    if (item === 3) stop.abort();
    return item * 10;
  });
  expect(most).toBe(2);
  expect(results.slice(0, 4)).toEqual([0, 10, 20, 30]);
  expect(results.slice(5)).toEqual([undefined, undefined]);
});
