import { GarbageLimit } from '../../src/process/index.js';

test('garbage is collected each time that so many bytes have passed, in pieces of any size', () => {
  let collections = 0;
  const limit = new GarbageLimit(100, () => (collections += 1));
  const after = [99, 1, 50, 49, 1, 1000, 99].map((bytes) => {
    limit.passed(bytes);
    return collections;
  });
  expect(after).toEqual([0, 1, 1, 1, 2, 3, 3]);
});

test('where the runtime cannot be told to collect, nothing happens', () => {
  expect(() => new GarbageLimit(1).passed(2)).not.toThrow();
});
