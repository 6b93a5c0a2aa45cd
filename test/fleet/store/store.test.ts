import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetRecord } from '../../../src/fleet/store/fleet-record.js';
import { MachineStore } from '../../../src/fleet/store/machine-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MADE = { phase: 'created', arguments: ['--a=1'], since: '2026-01-01T00:00:00.000Z' } as const;

describe('the record of a fleet', () => {
  test('many changes at once are all kept, and read again', async () => {
    const record = await FleetRecord.open(folder, 'web');
    const names = Array.from({ length: 50 }, (_, index) => `web-${index}`);
    await Promise.all(names.map((name) => record.set(name, MADE)));
    await record.forget('web-7');
    const again = await FleetRecord.open(folder, 'web');
    expect(again.names()).toEqual(names.filter((name) => name !== 'web-7'));
    expect(again.get('web-3')).toEqual(MADE);
    expect(readdirSync(join(folder, 'fleets', 'web'))).toEqual(['record.json']);
  });

  test('a host that is forgotten loses its installation too', async () => {
    const record = await FleetRecord.open(folder, 'web');
    await record.set('web-1', MADE);
    await record.setInstalled('web-1', 'step', 'abc');
    expect(record.installed('web-1', 'step')).toBe('abc');
    await record.forget('web-1');
    expect((await FleetRecord.open(folder, 'web')).installed('web-1', 'step')).toBeUndefined();
  });

  test('a host that is made anew has nothing installed, also when somebody removed the one before', async () => {
    const record = await FleetRecord.open(folder, 'web');
    await record.set('web-1', MADE);
    await record.setInstalled('web-1', 'step', 'abc');
    await record.set('web-1', { ...MADE, phase: 'creating' });
    await record.set('web-1', MADE);
    expect((await FleetRecord.open(folder, 'web')).installed('web-1', 'step')).toBeUndefined();
  });

  test('one that cannot be understood is not overwritten', async () => {
    mkdirSync(join(folder, 'fleets', 'web'), { recursive: true });
    writeFileSync(join(folder, 'fleets', 'web', 'record.json'), '{"version":2}');
    await expect(FleetRecord.open(folder, 'web')).rejects.toThrow(/record\.json/);
  });
});

describe("the client's store", () => {
  test('names folders, and reads what can be read', async () => {
    const store = MachineStore.of({ MACHINE_STORAGE_PATH: folder });
    mkdirSync(join(folder, 'machines', 'web-1'), { recursive: true });
    mkdirSync(join(folder, 'machines', 'web-2'));
    const config = { DriverName: 'nutanix', Driver: { IPAddress: '10.0.0.1', SSHKeyPath: '/k' } };
    writeFileSync(join(folder, 'machines', 'web-1', 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'machines', 'web-2', 'config.json'), '{');
    expect(await store.names()).toEqual(new Set(['web-1', 'web-2']));
    expect(await store.read('web-1')).toMatchObject({ address: '10.0.0.1', sshUser: 'root', sshPort: 22 });
    expect(await store.read('web-2')).toBeUndefined();
  });
});

describe('the names of a machine store', () => {
  test('are none where there is no store yet', async () => {
    expect(await new MachineStore(join(folder, 'none')).names()).toEqual(new Set());
  });

  test('are an error where the store cannot be read', async () => {
    writeFileSync(join(folder, 'machines'), 'a file');
    await expect(new MachineStore(folder).names()).rejects.toThrow(
      /read the machine store .*machines: ENOTDIR/,
    );
  });
});
