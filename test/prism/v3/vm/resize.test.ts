import { resizeVm } from '../../../../src/prism/v3/vm/resize.js';
import { accepted, context, refusal, succeeded, TASK, VM, vmIs } from '../../fixtures.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const GET = `GET vms/${VM}`;
const PUT = `PUT vms/${VM}`;
const SIZE = { sockets: 4, coresPerSocket: 1, memoryMiB: 8192 };

test('only CPU and memory are changed, and the power state stays', async () => {
  const { prism, backend } = await start();
  prism.on(GET, vmIs('ON')).on(PUT, accepted()).on(`GET tasks/${TASK}`, succeeded);
  await resizeVm(backend, VM, SIZE, context());
  expect(prism.bodies(PUT)[0]).toMatchObject({
    metadata: { kind: 'vm', uuid: VM, spec_version: 3 },
    spec: {
      resources: { num_sockets: 4, num_vcpus_per_socket: 1, memory_size_mib: 8192, power_state: 'ON' },
    },
  });
  prism.done();
});

test('what Prism refuses is said in its own words', async () => {
  const { prism, backend } = await start();
  const message = 'InvalidVmState: cannot shrink CPU or memory while the VM is powered on';
  prism.on(GET, vmIs('ON')).on(PUT, refusal(422, 'INVALID_REQUEST', message));
  await expect(resizeVm(backend, VM, SIZE, context())).rejects.toThrow(message);
  prism.done();
});
