import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stillOwned, stillOwnedTexts } from '../../../../src/fleet/hosts/ownership/still-owned.js';
import { FleetRecord, type RecordedHost } from '../../../../src/fleet/store/fleet-record.js';
import { MachineStore } from '../../../../src/fleet/store/machine-store.js';
import { fleetOf } from '../../declaration/declaration.js';

const MADE: RecordedHost = { phase: 'created', arguments: [], since: '2026-01-01T00:00:00.000Z', vm: 'vm-1' };
const HALF: RecordedHost = { ...MADE, phase: 'creating', vm: undefined };

describe('what this tool made and the file does not declare', () => {
  const fleet = fleetOf('name: web\ngroups: [{ name: declared }]');
  let store: MachineStore;
  beforeEach(() => {
    store = new MachineStore(mkdtempSync(join(tmpdir(), 'still-owned-')));
  });
  afterEach(() => rmSync(store.folder, { recursive: true }));

  function machine(name: string, VMId: string): void {
    mkdirSync(store.machineFolder(name), { recursive: true });
    const config = { DriverName: 'nutanix', Driver: { VMId } };
    writeFileSync(join(store.machineFolder(name), 'config.json'), JSON.stringify(config));
  }

  async function recorded(
    name: string,
    file: string,
    hosts: Record<string, RecordedHost>,
  ): Promise<FleetRecord> {
    const record = await FleetRecord.open(store.folder, name, file);
    for (const [host, content] of Object.entries(hosts)) await record.set(host, content);
    return record;
  }

  test.each<[string, RecordedHost, string | undefined, boolean]>([
    ['it runs', MADE, 'vm-1', true],
    ['it is half made, without a folder', HALF, undefined, true],
    ['somebody removed it', MADE, undefined, false],
    ['somebody made it again', MADE, 'vm-2', false],
  ])('%s', async (_, content, vm, owned) => {
    const record = await recorded('web', fleet.file, { declared: MADE, other: content });
    machine('declared', 'vm-1');
    if (vm !== undefined) machine('other', vm);
    expect(await stillOwned({ fleet, store, record })).toEqual({
      hosts: owned ? ['other'] : [],
      renamed: [],
    });
  });

  test('records of the same file are of the same fleet under a former name', async () => {
    await recorded('former', fleet.file, { a: MADE, b: MADE });
    await recorded('elsewhere', '/srv/other.yaml', { c: MADE });
    for (const name of ['a', 'b', 'c']) machine(name, 'vm-1');
    const record = await recorded('web', fleet.file, {});
    const owned = await stillOwned({ fleet, store, record });
    expect(owned).toEqual({ hosts: [], renamed: [{ fleet: 'former', hosts: ['a', 'b'] }] });
  });

  test('a host that is taken over keeps what is installed on it, and the other record forgets it', async () => {
    const former = await recorded('former', fleet.file, { declared: MADE });
    await former.setInstalled('declared', 'step', 'digest');
    const record = await recorded('web', fleet.file, {});
    await record.takeOver('declared', former);
    const [now, before] = await Promise.all(
      ['web', 'former'].map((name) => FleetRecord.open(store.folder, name)),
    );
    expect(now?.get('declared')).toEqual(MADE);
    expect(now?.installed('declared', 'step')).toBe('digest');
    expect(before?.names()).toEqual([]);
  });

  test('a record that named no file learns it once', async () => {
    await (await FleetRecord.open(store.folder, 'web')).set('declared', MADE);
    await (await FleetRecord.open(store.folder, 'web', fleet.file)).nameFile();
    expect((await FleetRecord.open(store.folder, 'web')).file).toBe(fleet.file);
  });
});

test.each([
  [{ hosts: [], renamed: [] }, []],
  [
    { hosts: ['a'], renamed: [] },
    ['a is not in the file any more and still there: "nutanix-hosts apply --prune" removes it'],
  ],
  [
    { hosts: ['a', 'b'], renamed: [{ fleet: 'old', hosts: ['c', 'd'] }] },
    [
      'a, b are not in the file any more and still there: "nutanix-hosts apply --prune" removes them',
      'the fleet old, made from this file under its former name, still owns 2 hosts (c, d): ' +
        '"nutanix-hosts adopt d" takes over what the file declares, "nutanix-hosts destroy --fleet old" removes them',
    ],
  ],
])('%j is told', (owned, texts) => {
  expect(stillOwnedTexts(owned, ['d'])).toEqual(texts);
});
