import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareSize,
  type SizeContext,
  type SizeComparison,
} from '../../../../src/fleet/hosts/size/compare-size.js';
import { MachineStore } from '../../../../src/fleet/store/machine-store.js';
import type { Vm, VmIdentity } from '../../../../src/provider/index.js';
import { OperationError } from '../../../../src/support/index.js';

const HOST = { name: 'web-1', group: 'web', flags: new Map([['nutanix-vm-mem', 8192]]) };
const VM: Vm = {
  id: 'vm-1',
  name: 'web-1',
  lifecycle: 'ready',
  power: 'on',
  nics: [],
  size: { sockets: 3, coresPerSocket: 1, memoryMiB: 8192, disks: [{ bus: 'scsi', sizeGiB: 10 }] },
};

describe('the size of a VM', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vm-size-'));
  const context: Omit<SizeContext, 'cloud'> = {
    store: new MachineStore(folder),
    stop: new AbortController().signal,
  };
  const asked: VmIdentity[] = [];
  const look = (answer: () => Promise<Vm | undefined>, host = HOST): Promise<SizeComparison> => {
    const find = (trace: VmIdentity): Promise<Vm | undefined> => {
      asked.push(trace);
      return answer();
    };
    return compareSize({ ...context, cloud: { open: () => Promise.resolve({ find }) } }, host, []);
  };

  beforeAll(() => {
    const machine = join(folder, 'machines', 'web-1');
    mkdirSync(machine, { recursive: true });
    const driver = { MachineName: 'web-1', VMId: 'vm-1', VMVCPUs: 2, VMMem: 4096 };
    writeFileSync(join(machine, 'config.json'), JSON.stringify({ DriverName: 'nutanix', Driver: driver }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is compared with the file, and what the file leaves open with the configuration', async () => {
    expect(await look(() => Promise.resolve(VM))).toEqual({
      is: 'known',
      change: {
        size: { sockets: 2, coresPerSocket: 1, memoryMiB: 8192 },
        needsStop: true,
        text: 'CPU sockets 3 → 2',
      },
      drift: [{ flag: 'nutanix-vm-cpus', text: 'CPU sockets 3, declared 2' }],
    });
    expect(asked.at(-1)).toMatchObject({ name: 'web-1', vmId: 'vm-1' });
  });

  test.each<[string, Vm | undefined]>([
    ['is gone', undefined],
    ['is being made', { ...VM, lifecycle: 'creating' }],
  ])('is no matter while the VM %s', async (_name, vm) => {
    expect(await look(() => Promise.resolve(vm))).toEqual({ is: 'absent' });
  });

  test('that cannot be asked for is told, not taken for right', async () => {
    const refused = new OperationError({
      code: 'permission-denied',
      attempted: 'read VM',
      problem: 'no rights',
    });
    expect(await look(() => Promise.reject(refused))).toEqual({
      is: 'unknown',
      reason: expect.stringContaining('no rights') as unknown,
    });
  });

  test('of a machine without a configuration is not asked for', async () => {
    const before = asked.length;
    const found = await look(() => Promise.resolve(VM), { ...HOST, name: 'web-2' });
    expect(found).toEqual({ is: 'unknown', reason: 'its config.json cannot be read' });
    expect(asked).toHaveLength(before);
  });
});
