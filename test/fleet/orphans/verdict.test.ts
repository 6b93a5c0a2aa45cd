import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { parseAge, spokenAge, judge, type Standards } from '../../../src/fleet/orphans/verdict.js';
import { readKnownMachines } from '../../../src/fleet/orphans/known-machines.js';
import { marked, MINUTE, NOW, TemporaryStores } from './stores.js';

const stores = new TemporaryStores();
afterEach(() => stores.remove());

const NOBODY = { machineOf: () => undefined, unreadable: [], missing: [] };
const standards: Standards = { known: NOBODY, now: NOW, olderThan: 60 * MINUTE };
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

describe('the verdict', () => {
  test.each([
    ['old enough', {}, {}, 'orphan'],
    ['exactly old enough', { madeAt: ago(60 * MINUTE) }, {}, 'orphan'],
    ['too young', { madeAt: ago(60 * MINUTE - 1) }, {}, 'young'],
    ['from the future', { madeAt: ago(-MINUTE) }, {}, 'young'],
    ['from the future, any age will do', { madeAt: ago(-MINUTE) }, { olderThan: 0 }, 'orphan'],
    ['of unknown age', { madeAt: undefined }, {}, 'young'],
    ['of unknown age, any age will do', { madeAt: undefined }, { olderThan: 0 }, 'orphan'],
    ['a copy', { genuine: false }, { olderThan: 0 }, 'copy'],
    ['made by another', {}, { madeBy: 'bob@*' }, 'other'],
    ['made by one of these', {}, { madeBy: 'ci@*' }, 'orphan'],
    ['a pattern is no regular expression', {}, { madeBy: '.*' }, 'other'],
    ['made by nobody knows whom', { origin: undefined }, { madeBy: 'ci@*' }, 'other'],
    ['known', {}, { known: { ...NOBODY, machineOf: () => 'web-1' }, olderThan: 0 }, 'known'],
  ] as const)('%s', (_, vm, changes, verdict) => {
    expect(judge(marked('a', vm), { ...standards, ...changes }).verdict).toBe(verdict);
  });
});

describe('what stores know', () => {
  test('a VM by its id, in any case, or by the key from before it had one; never by name', async () => {
    const store = stores.make({
      made: { VMId: 'A', CreationKey: 'key-a' },
      official: { VMId: 'B' },
      'half-made': { VMId: '', CreationKey: 'key-c' },
      'vm-d': { VMId: 'else', CreationKey: 'key-else' },
    });
    const known = await readKnownMachines([store]);
    const names = ['a', 'b', 'c', 'd'].map((id) => known.machineOf(marked(id)));
    expect(names).toEqual(['made', 'official', 'half-made', undefined]);
    expect(known).toMatchObject({ unreadable: [], missing: [] });
  });

  test('a copy has the key of its original, so it is known by its id only', async () => {
    const known = await readKnownMachines([stores.make({ web: { VMId: 'a', CreationKey: 'key-a' } })]);
    expect(known.machineOf(marked('copy', { creationToken: 'key-a', genuine: false }))).toBeUndefined();
    expect(known.machineOf(marked('a', { genuine: false }))).toBe('web');
  });

  test('several stores together', async () => {
    const known = await readKnownMachines([
      stores.make({ x: { VMId: 'a' } }),
      stores.make({ x: { VMId: 'b' } }),
    ]);
    expect([known.machineOf(marked('a')), known.machineOf(marked('b'))]).toEqual(['x', 'x']);
  });

  test('machines of other drivers and folders without configuration know nothing', async () => {
    const store = stores.make({ vbox: { VMId: 7 }, begun: undefined });
    writeFileSync(join(store, 'machines', '.DS_Store'), '');
    expect(await readKnownMachines([store])).toMatchObject({ unreadable: [], missing: [] });
  });

  test.each(['', '{"Driver":', '[]', '{}', 'null'])('%j is a doubt, not an absence', async (text) => {
    const store = stores.make({ web: text });
    const { unreadable } = await readKnownMachines([store]);
    expect(unreadable).toEqual([join(store, 'machines', 'web', 'config.json')]);
  });

  test('a store that is not there is said; one that cannot be read is an error', async () => {
    const store = stores.make();
    expect((await readKnownMachines([`${store}/nowhere`])).missing).toEqual([`${store}/nowhere`]);
    writeFileSync(join(store, 'machines', 'machines'), '');
    await expect(readKnownMachines([join(store, 'machines')])).rejects.toThrow(/ENOTDIR/);
  });
});

test.each([
  ['0', 0],
  ['0s', 0],
  ['90s', 90_000],
  ['30m', 30 * MINUTE],
  ['1.5h', 90 * MINUTE],
  ['2d', 2_880 * MINUTE],
  ['', undefined],
  ['30', undefined],
  ['-1h', undefined],
  ['1w', undefined],
  ['h', undefined],
])('the age %j', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [119 * MINUTE, '119 min'],
  [47 * 60 * MINUTE, '47 h'],
  [72 * 60 * MINUTE, '3 days'],
])('%d ms are %s', (ms, text) => {
  expect(spokenAge(ms)).toBe(text);
});
