import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface File {
  readonly path: string;
  readonly seconds: number;
  readonly hasEngine: boolean;
}

const order = jest.requireActual<{
  readonly LONG: Readonly<Record<string, Partial<File>>>;
  readonly orderFor: (workers: number, files: readonly File[]) => readonly File[];
}>('../scripts/slowest-first.cjs');

describe('the order of the test files', () => {
  it.each(Object.keys(order.LONG))('%s exists', (path) => {
    expect(existsSync(join(__dirname, '..', path))).toBe(true);
  });

  const files = [5, 90, 30, 200, 60, 10].flatMap((seconds) =>
    [false, true].map((hasEngine) => ({ path: `${seconds}${String(hasEngine)}`, seconds, hasEngine })),
  );

  it.each([1, 2, 3, 5, 40])('with %i workers every file runs once, the longest first', (workers) => {
    const ordered = order.orderFor(workers, files);
    expect(ordered.map(({ path }) => path).sort()).toEqual(files.map(({ path }) => path).sort());
    expect(ordered[0]?.seconds).toBe(200);
  });

  it('at most two files with engines are begun together', () => {
    const first = order.orderFor(5, files).slice(0, 5);
    expect(first.map(({ seconds, hasEngine }) => [seconds, hasEngine])).toEqual([
      [200, false],
      [200, true],
      [90, false],
      [90, true],
      [60, false],
    ]);
  });
});
