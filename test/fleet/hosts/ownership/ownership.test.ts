import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreignHosts, ownRecord } from '../../../../src/fleet/hosts/ownership/ownership.js';
import { FleetRecord, type RecordedHost } from '../../../../src/fleet/store/fleet-record.js';
import { MachineStore } from '../../../../src/fleet/store/machine-store.js';
import { fleetOf } from '../../declaration/declaration.js';

const MADE: RecordedHost = { phase: 'created', arguments: [], since: '2026-01-01T00:00:00.000Z' };

describe('whose a machine is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ownership-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string, RecordedHost | undefined, object | undefined, boolean, boolean]>([
    // what is recorded, what the machine says, ours, somebody else's
    ['nothing at all', undefined, undefined, false, false],
    ['made by somebody else', undefined, { VMId: 'vm-1' }, false, true],
    ['made by this tool', { ...MADE, vm: 'vm-1' }, { VMId: 'vm-1' }, true, false],
    ['half made by this tool', { ...MADE, phase: 'creating' }, { VMId: '' }, true, false],
    ['made before VMs were recorded', MADE, { VMId: 'vm-1' }, true, false],
    ['removed by somebody', { ...MADE, vm: 'vm-1' }, undefined, true, false],
    ['removed, and made again by somebody', { ...MADE, vm: 'vm-1' }, { VMId: 'vm-2' }, false, true],
    ['of a configuration without a VM', { ...MADE, vm: 'vm-1' }, {}, true, false],
  ])('%s', async (name, recorded, driver, ours, foreign) => {
    const store = new MachineStore(join(folder, name));
    const record = await FleetRecord.open(store.folder, 'web');
    if (recorded !== undefined) await record.set('web-1', recorded);
    if (driver !== undefined) {
      mkdirSync(store.machineFolder('web-1'), { recursive: true });
      const config = { DriverName: 'nutanix', Driver: driver };
      writeFileSync(join(store.machineFolder('web-1'), 'config.json'), JSON.stringify(config));
    }
    const context = { store, record, fleet: fleetOf('name: web\ngroups: [{ name: web-1 }]') };
    expect(await ownRecord(context, 'web-1')).toEqual(ours ? recorded : undefined);
    expect([...(await foreignHosts(context))]).toEqual(
      foreign ? [['web-1', 'was not made by this tool']] : [],
    );
  });
});
