import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolders, type Served } from '../../csi/csi-client.js';
import { isSkippedTest, runSanity, sanityTests, SKIPPED_TESTS, type SanityResult } from './sanity.js';

const folder = mkdtempSync(join(tmpdir(), 'csi-sanity-'));

const tests = sanityTests(folder);

describe('csi-sanity, against the driver in front of folders', () => {
  let served: Served;
  let results: ReadonlyMap<string, SanityResult>;

  beforeAll(async () => {
    served = await serveFolders();
    results = await runSanity(served.server.socketPath, folder);
  });

  afterAll(async () => {
    await served.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test('runs its tests', () => {
    expect(tests.length).toBeGreaterThan(100);
    expect(new Set(tests).size).toBe(tests.length);
    expect([...results.keys()].sort()).toEqual([...tests].sort());
  });

  test.each(tests.filter((name) => !isSkippedTest(name)))('%s', (name) => {
    expect(results.get(name)).toEqual({ name, state: 'passed', message: '' });
  });

  test('skips what the driver does not say that it can, and nothing else', () => {
    const skipped = [...results.values()].filter(({ state }) => state === 'skipped' || state === 'pending');
    expect(skipped.map(({ name }) => name).sort()).toEqual(tests.filter(isSkippedTest).sort());
    const unused = SKIPPED_TESTS.filter(([pattern]) => !tests.some((name) => pattern.test(name)));
    expect(unused).toEqual([]);
  });

  test('leaves nothing', () => {
    expect([...served.service.volumes.values()].filter(({ removed }) => !removed)).toEqual([]);
    expect([...served.service.snapshots.values()]).toEqual([]);
    expect([...served.service.volumes.values()].filter(({ targets }) => targets.size > 0)).toEqual([]);
  });
});
