import { connect } from 'node:net';
import { createEmulatedGuests } from '../../src/emulator/index.js';
import { PRESET } from '../../src/simulator/index.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { at, type ApiClient } from './api-client.js';
import { started } from './running.js';
import { getVm, madeVm, nicOn, vmBody } from './vm-bodies.js';

const SSH_PORT = 22_022;
const QUICK = { boot: 5, cloudInit: 5, shutdown: 5, learning: 5, package: 1 };

function emulated(): ReturnType<typeof createEmulatedGuests> {
  return createEmulatedGuests({ sshPort: SSH_PORT, clock: systemClock, logger: silentLogger, times: QUICK });
}

/** First line of whatever answers there. */
function banner(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(SSH_PORT, address, () => undefined);
    socket.once('error', reject);
    socket.once('data', (bytes: Buffer) => {
      socket.destroy();
      resolve(bytes.toString().split('\r\n')[0] ?? '');
    });
  });
}

async function until<T>(probe: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
}

const learned = (api: ApiClient, uuid: string): Promise<string> =>
  until(async () => {
    const nic = at(await getVm(api, uuid), 'status', 'resources', 'nic_list', 0, 'ip_endpoint_list', 0);
    return at(nic, 'type') === 'LEARNED' ? String(at(nic, 'ip')) : undefined;
  });

test('a guest answers on the address that Prism gave, and obeys the power button', async () => {
  const { api } = await started({ guests: emulated() });
  const uuid = await madeVm(api, vmBody({ power_state: 'ON' }));
  const address = String(
    at(await getVm(api, uuid), 'spec', 'resources', 'nic_list', 0, 'ip_endpoint_list', 0, 'ip'),
  );
  expect(address).toBe('127.77.0.10');
  expect(await until(() => banner(address).catch(() => undefined))).toMatch(/^SSH-2\.0-/);
  await api.work('POST', `/vms/${uuid}/acpi_shutdown`, {});
  const power = async (): Promise<unknown> =>
    at(await getVm(api, uuid), 'status', 'resources', 'power_state');
  await until(async () => ((await power()) === 'OFF' ? true : undefined));
  await expect(banner(address)).rejects.toThrow('ECONNREFUSED');
});

test('on an unmanaged subnet the address comes from the guest', async () => {
  const { api } = await started({ guests: emulated() });
  const body = vmBody({ power_state: 'ON', nic_list: [nicOn(PRESET.unmanagedSubnet.uuid)] });
  const address = await learned(api, await madeVm(api, body));
  expect(await until(() => banner(address).catch(() => undefined))).toMatch(/^SSH-2\.0-/);
});
