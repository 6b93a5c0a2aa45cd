import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolders, type Served } from '../../csi/csi-client.js';
import { runSanity, sanityTests, type SanityResult } from './sanity.js';

const folder = mkdtempSync(join(tmpdir(), 'csi-sanity-'));

/**
 * What csi-sanity skips, and why; nothing else may be skipped. Its names are those of csi-test 5.6.0.
 */
const SKIPPED: readonly (readonly [tests: RegExp, because: string])[] = [
  [/^GroupController Service/, 'no snapshots of several volumes at one moment'],
  [/^ModifyVolume|volume attribute class$/, 'nothing of a volume changes but its size'],
  [/Health/, 'alpha; Prism Central tells no health of volume groups'],
  [/^SnapshotMetadata|accessibility requirements$/, 'alpha; every node of a cluster reaches every snapshot'],
  [/already published but is incompatible$/, 'read-only is what a node does, not how it is attached'],
  [/more volumes than the node max attach limit$/, 'a VM takes more volumes than a test should make'],
  [/pagination should detect volumes added/, 'switched off in csi-test itself'],
];

const tests = sanityTests(folder);
const isSkipped = (name: string): boolean => SKIPPED.some(([pattern]) => pattern.test(name));

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

  test.each(tests.filter((name) => !isSkipped(name)))('%s', (name) => {
    expect(results.get(name)).toEqual({ name, state: 'passed', message: '' });
  });

  test('skips what the driver does not say that it can, and nothing else', () => {
    const skipped = [...results.values()].filter(({ state }) => state === 'skipped' || state === 'pending');
    expect(skipped.map(({ name }) => name).sort()).toEqual(tests.filter(isSkipped).sort());
    const unused = SKIPPED.filter(([pattern]) => !tests.some((name) => pattern.test(name)));
    expect(unused).toEqual([]);
  });

  test('leaves nothing', () => {
    expect([...served.service.volumes.values()].filter(({ removed }) => !removed)).toEqual([]);
    expect([...served.service.snapshots.values()]).toEqual([]);
    expect([...served.service.volumes.values()].filter(({ targets }) => targets.size > 0)).toEqual([]);
  });
});
