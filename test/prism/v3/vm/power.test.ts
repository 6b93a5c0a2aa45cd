import type { CallContext } from '../../../../src/provider/index.js';
import type { V3Backend } from '../../../../src/prism/v3/backend.js';
import { requestReboot, requestShutdown, reset } from '../../../../src/prism/v3/vm/power-actions.js';
import { powerOff, powerOn } from '../../../../src/prism/v3/vm/power-state.js';
import {
  accepted,
  context,
  missing,
  OTHER_TASK,
  refusal,
  rejection,
  succeeded,
  TASK,
  taskIs,
  VM,
  vmIs,
} from '../../fixtures.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const GET = `GET vms/${VM}`;
const PUT = `PUT vms/${VM}`;
const task = (id: string = TASK): string => `GET tasks/${id}`;
const conflict409 = refusal(409, 'CONCURRENT_REQUESTS_NOT_ALLOWED', 'Edit conflict: please retry change.');
const conflictTask = taskIs('FAILED', { error_detail: 'Logical timestamp mismatch: (1 vs 2)' });
const noSuchPath = { status: 404, json: { message: 'The requested URL was not found on the server.' } };

type Operation = (backend: V3Backend, id: string, context: CallContext) => Promise<void>;

describe.each<[string, Operation, string, string]>([
  ['powerOn', powerOn, 'OFF', 'ON'],
  ['powerOff', powerOff, 'ON', 'OFF'],
])('%s', (_name, operate, before, after) => {
  test('reads, changes, waits', async () => {
    const { prism, backend } = await start();
    prism.on(GET, vmIs(before)).on(PUT, accepted()).on(task(), taskIs('RUNNING')).on(task(), succeeded);
    await operate(backend, VM, context());
    expect(prism.bodies(PUT)).toEqual([
      expect.objectContaining({ metadata: { kind: 'vm', uuid: VM, spec_version: 3, entity_version: '7' } }),
    ]);
    expect(prism.bodies(PUT)[0]).toMatchObject({ spec: { resources: { power_state: after } } });
    prism.done();
  });

  test('has nothing to do when it is so already', async () => {
    const { prism, backend } = await start();
    prism.on(GET, vmIs(after));
    await operate(backend, VM, context());
    prism.done();
  });

  test('reads again after a conflict, in both forms', async () => {
    const { prism, backend, clock } = await start();
    prism.on(GET, vmIs(before)).on(PUT, conflict409);
    prism.on(GET, vmIs(before)).on(PUT, accepted()).on(task(), conflictTask);
    prism.on(GET, vmIs(before)).on(PUT, accepted(OTHER_TASK)).on(task(OTHER_TASK), succeeded);
    await operate(backend, VM, context());
    expect(clock.slept).toEqual([250, 100, 500, 100]);
    prism.done();
  });

  test('gives up after six conflicts', async () => {
    const { prism, backend } = await start();
    for (let round = 0; round < 6; round += 1) prism.on(GET, vmIs(before)).on(PUT, conflict409);
    expect(await rejection(operate(backend, VM, context()))).toMatchObject({ code: 'conflict' });
    prism.done();
  });

  test.each<[string, Answer]>([
    ['reset', 'reset'],
    ['cut', 'cut'],
    ['504', { status: 504, text: '' }],
  ])('looks what came of it when the answer is lost (%s)', async (_how, lost) => {
    const { prism, backend } = await start();
    prism.on(GET, vmIs(before)).on(PUT, lost).on(GET, vmIs(after));
    await operate(backend, VM, context());
    prism.done();
  });

  test('looks what came of it when the task vanished', async () => {
    const { prism, backend } = await start();
    prism.on(GET, vmIs(before)).on(PUT, accepted());
    for (let look = 0; look < 5; look += 1) prism.on(task(), missing(TASK));
    prism.on(GET, vmIs(after));
    await operate(backend, VM, context());
    prism.done();
  });

  test.each(['FAILED', 'ABORTED'])('a task that ends %s is an error', async (status) => {
    const { prism, backend } = await start();
    prism
      .on(GET, vmIs(before))
      .on(PUT, accepted())
      .on(task(), taskIs(status, { error_detail: 'no memory' }));
    const error = await rejection(operate(backend, VM, context()));
    expect(error).toMatchObject({ code: 'task-failed', taskId: TASK });
    expect(String(error)).toContain('no memory');
  });

  test('a VM that is not there', async () => {
    const { prism, backend } = await start();
    prism.on(GET, missing());
    expect(await rejection(operate(backend, VM, context()))).toMatchObject({ code: 'not-found' });
  });

  test('a refused change is not repeated', async () => {
    const { prism, backend } = await start();
    prism.on(GET, vmIs(before)).on(PUT, refusal(422, 'INVALID_REQUEST', 'no'));
    expect(await rejection(operate(backend, VM, context()))).toMatchObject({ code: 'invalid-input' });
    prism.done();
  });
});

test('a hard power-off says that it is one, since the mechanism is remembered', async () => {
  const { prism, backend } = await start();
  prism.on(GET, vmIs('ON')).on(PUT, accepted()).on(task(), succeeded);
  await powerOff(backend, VM, context());
  expect(prism.bodies(PUT)[0]).toMatchObject({
    spec: { resources: { power_state_mechanism: { mechanism: 'HARD' } } },
  });
});

describe('asking the guest', () => {
  const SHUTDOWN = `POST vms/${VM}/acpi_shutdown`;
  const REBOOT = `POST vms/${VM}/acpi_reboot`;
  const pressed = { status: 202, json: { task_uuid: TASK } };

  test('is one request, whose task is watched for a refusal', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, pressed).on(task(), taskIs('QUEUED')).on(task(), succeeded);
    prism.on(REBOOT, pressed).on(task(), succeeded);
    await requestShutdown(backend, VM, context());
    await requestReboot(backend, VM, context());
    expect(prism.bodies(SHUTDOWN)).toEqual([{}]);
    prism.done();
  });

  test('a task that goes on is not waited for', async () => {
    const { prism, backend } = await start();
    prism.on(REBOOT, pressed);
    for (let look = 0; look < 9; look += 1) prism.on(task(), taskIs('RUNNING'));
    await requestReboot(backend, VM, context());
    prism.done();
  });

  test('a task that fails soon tells that the guest will not react', async () => {
    const { prism, backend } = await start();
    prism
      .on(SHUTDOWN, pressed)
      .on(task(), taskIs('FAILED', { error_detail: 'no ACPI' }))
      .on(GET, vmIs('ON'));
    const error = await rejection(requestShutdown(backend, VM, context()));
    expect(error).toMatchObject({ code: 'task-failed', taskId: TASK });
    expect(String(error)).toContain('no ACPI');
  });

  test('a task that fails because the VM is off', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, pressed).on(task(), taskIs('FAILED')).on(GET, vmIs('OFF'));
    prism.on(REBOOT, pressed).on(task(), taskIs('FAILED')).on(GET, vmIs('OFF'));
    await requestShutdown(backend, VM, context());
    expect(await rejection(requestReboot(backend, VM, context()))).toMatchObject({ code: 'not-running' });
    prism.done();
  });

  test('is repeated when the answer is lost: the button may be pressed twice', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, 'reset').on(SHUTDOWN, pressed).on(task(), succeeded);
    await requestShutdown(backend, VM, context());
    prism.done();
  });

  test('a guest that is off need not shut down, and cannot restart', async () => {
    const { prism, backend } = await start();
    const off = refusal(422, 'INVALID_REQUEST', 'VM is powered off');
    prism.on(SHUTDOWN, off).on(GET, vmIs('OFF')).on(REBOOT, off).on(GET, vmIs('OFF'));
    await requestShutdown(backend, VM, context());
    expect(await rejection(requestReboot(backend, VM, context()))).toMatchObject({ code: 'not-running' });
    prism.done();
  });

  test('a refusal of a running guest’s is an error', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, refusal(422, 'INVALID_REQUEST', 'no')).on(GET, vmIs('ON'));
    expect(await rejection(requestShutdown(backend, VM, context()))).toMatchObject({ code: 'invalid-input' });
  });

  test('a VM that is not there', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, missing());
    expect(await rejection(requestShutdown(backend, VM, context()))).toMatchObject({ code: 'not-found' });
  });

  test('without the action the shutdown is a change, watched for a moment only', async () => {
    const { prism, backend } = await start();
    prism.on(SHUTDOWN, noSuchPath).on(GET, vmIs('ON')).on(PUT, accepted());
    for (let look = 0; look < 9; look += 1) prism.on(task(), taskIs('RUNNING'));
    await requestShutdown(backend, VM, context());
    expect(prism.bodies(PUT)[0]).toMatchObject({
      spec: { resources: { power_state: 'OFF', power_state_mechanism: { mechanism: 'ACPI' } } },
    });
  });

  test('without the action there is no soft restart', async () => {
    const { prism, backend } = await start();
    prism.on(REBOOT, noSuchPath);
    expect(await rejection(requestReboot(backend, VM, context()))).toMatchObject({ code: 'unsupported' });
  });
});

describe('hard restart', () => {
  const RESET = `POST vms/${VM}/reset`;

  test('is an action whose task is waited for', async () => {
    const { prism, backend } = await start();
    prism
      .on(RESET, { status: 202, json: { task_uuid: TASK } })
      .on(task(), taskIs('RUNNING'))
      .on(task(), succeeded);
    await reset(backend, VM, context());
    prism.done();
  });

  test('its failure is an error', async () => {
    const { prism, backend } = await start();
    prism.on(RESET, { status: 202, json: { task_uuid: TASK } }).on(task(), taskIs('FAILED'));
    expect(await rejection(reset(backend, VM, context()))).toMatchObject({ code: 'task-failed' });
  });

  test('without the action it is off and on', async () => {
    const { prism, backend } = await start();
    prism.on(RESET, noSuchPath);
    prism.on(GET, vmIs('ON')).on(PUT, accepted()).on(task(), succeeded);
    prism.on(GET, vmIs('OFF')).on(PUT, accepted()).on(task(), succeeded);
    await reset(backend, VM, context());
    prism.done();
  });

  test('of a VM that is off is refused', async () => {
    const { prism, backend } = await start();
    prism.on(RESET, refusal(409, 'X', 'off')).on(GET, vmIs('OFF'));
    expect(await rejection(reset(backend, VM, context()))).toMatchObject({ code: 'not-running' });
  });
});
