import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineClient } from '../../../../src/fleet/client/machine-client.js';
import { vmPresences, type VmPresence } from '../../../../src/fleet/hosts/plan/machine-states.js';
import { MachineStore } from '../../../../src/fleet/store/machine-store.js';
import type { Provider, Vm, VmIdentity } from '../../../../src/provider/index.js';
import { OperationError } from '../../../../src/support/index.js';
import { ENVIRONMENT, fleetOf } from '../../declaration/declaration.js';

const VM: Vm = {
  id: 'vm-1',
  name: 'another name by now',
  lifecycle: 'ready',
  power: 'off',
  nics: [],
  size: { sockets: 1, coresPerSocket: 1, memoryMiB: 1, disks: [] },
};

describe('whether a VM exists', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vm-presence-'));
  const stop = new AbortController();
  const asked: VmIdentity[] = [];
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    asked.length = 0;
    machine({ MachineName: 'web-1', VMId: 'vm-1', Endpoint: 'prism.example' });
  });

  function machine(driver: object | undefined): void {
    const path = join(folder, 'machines', 'web-1');
    mkdirSync(path, { recursive: true });
    const text = driver === undefined ? '{' : JSON.stringify({ DriverName: 'nutanix', Driver: driver });
    writeFileSync(join(path, 'config.json'), text);
  }

  async function presence(
    find: () => Promise<Vm | undefined>,
    environment: Readonly<Record<string, string>> = ENVIRONMENT,
  ): Promise<VmPresence | undefined> {
    const provider: Pick<Provider, 'find'> = {
      find: (trace) => {
        asked.push(trace);
        return find();
      },
    };
    const context = {
      fleet: fleetOf('name: web\ngroups: [{ name: web-1 }]'),
      store: new MachineStore(folder),
      client: new MachineClient({ command: 'docker-machine', environment }),
      cloud: { open: () => Promise.resolve(provider) },
      stop: stop.signal,
    };
    return (await vmPresences(context, ['web-1'])).get('web-1');
  }
  const found = (vm: Vm | undefined) => (): Promise<Vm | undefined> => Promise.resolve(vm);

  test('is asked by identity, whatever the VM is called', async () => {
    expect(await presence(found(VM))).toEqual({ is: 'there' });
    expect(await presence(found(undefined))).toEqual({ is: 'gone' });
    expect(asked).toEqual(Array(2).fill({ name: 'web-1', vmId: 'vm-1', creationToken: undefined }));
  });

  test('is not known when Prism Central does not say it', async () => {
    const away = new OperationError({ code: 'unavailable', attempted: 'look up the VM', problem: '503' });
    expect(await presence(() => Promise.reject(away))).toEqual({
      is: 'unknown',
      reason: expect.stringContaining('503') as unknown,
    });
  });

  test.each<[string, object | undefined, RegExp]>([
    ['there is no identity', { MachineName: 'web-1' }, /names no VM/],
    ['the configuration cannot be read', undefined, /config\.json cannot be read/],
    ['the configuration is broken', { VMId: 7 }, /VMId must be/],
    [
      'another Prism Central is meant by now',
      { MachineName: 'web-1', VMId: 'vm-1', Endpoint: 'old.example.org' },
      /made on the Prism Central old\.example\.org:9440, and now prism\.example:9440 is meant/,
    ],
  ])('is not known when %s, and nothing is asked', async (_, driver, reason) => {
    machine(driver);
    expect(await presence(found(undefined))).toEqual({
      is: 'unknown',
      reason: expect.stringMatching(reason) as unknown,
    });
    expect(asked).toEqual([]);
  });

  test('is not known without a connection', async () => {
    expect(await presence(found(undefined), {})).toMatchObject({
      is: 'unknown',
      reason: expect.stringContaining('nutanix-endpoint') as unknown,
    });
  });

  test('is no question any more after Ctrl-C', async () => {
    const cause = new Error('stopped');
    const asking = presence(() => {
      stop.abort(cause);
      return Promise.reject(cause);
    });
    await expect(asking).rejects.toThrow('stopped');
  });
});
