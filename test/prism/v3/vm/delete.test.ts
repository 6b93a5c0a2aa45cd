import type { VmIdentity } from '../../../../src/provider/index.js';
import { removeVm } from '../../../../src/prism/v3/vm/remove.js';
import { OperationError } from '../../../../src/support/index.js';
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
import { list } from '../../placement.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const RELEASE = 'DELETE idempotence_identifiers/a-web-1';
const DELETE = `DELETE vms/${VM}`;
const GET = `GET vms/${VM}`;
const TASKS = 'POST tasks/list';
const task = (id: string = TASK): string => `GET tasks/${id}`;
const released: Answer = { status: 200, text: 'null' };
const creating = list({
  uuid: OTHER_TASK,
  status: 'RUNNING',
  entity_reference_list: [{ kind: 'vm', uuid: VM }],
});

const planned: VmIdentity = { name: 'web-1', creationToken: `v3:a-web-1:${VM}` };
const made: VmIdentity = { ...planned, vmId: VM };

describe('a create that may be under way', () => {
  test('never began', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released).on(DELETE, missing()).on(TASKS, list());
    await removeVm(backend, planned, context());
    prism.done();
  });

  test('is waited for, then deleted', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released).on(DELETE, missing()).on(TASKS, creating);
    prism.on(task(OTHER_TASK), taskIs('RUNNING')).on(task(OTHER_TASK), succeeded);
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    const heard = context();
    await removeVm(backend, planned, heard);
    expect(heard.lines[0]).toContain(`its create (task ${OTHER_TASK}) is still under way`);
    prism.done();
  });

  test('and failed: nothing is left', async () => {
    const { prism, backend } = await start();
    prism
      .on(RELEASE, released)
      .on(DELETE, missing())
      .on(TASKS, creating)
      .on(task(OTHER_TASK), taskIs('FAILED'));
    prism.on(DELETE, missing()).on(TASKS, list());
    await removeVm(backend, planned, context());
    prism.done();
  });

  test('is known to this process', async () => {
    const { prism, backend } = await start();
    backend.creating.set(VM, OTHER_TASK);
    prism.on(RELEASE, released).on(DELETE, missing()).on(task(OTHER_TASK), succeeded);
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    await removeVm(backend, planned, context());
    expect(backend.creating.size).toBe(0);
    prism.done();
  });

  test('overtakes the delete', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released).on(DELETE, accepted()).on(task(), succeeded);
    for (let look = 0; look < 4; look += 1) prism.on(GET, vmIs('ON'));
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    await removeVm(backend, planned, context());
    prism.done();
  });

  test('is given time where tasks cannot be listed', async () => {
    const { prism, backend, clock } = await start();
    const denied = refusal(403, 'ACCESS_DENIED', 'No permission');
    prism.on(RELEASE, released).on(DELETE, missing()).on(TASKS, denied).on(GET, vmIs('ON'));
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    await removeVm(backend, planned, context());
    expect(clock.slept).toContain(5_000);
    prism.done();
  });
});

describe('a delete that does not go through', () => {
  test('conflicts in both forms are tried again', async () => {
    const { prism, backend } = await start();
    const conflict = taskIs('FAILED', { error_code: 'CONCURRENT_REQUESTS_NOT_ALLOWED' });
    prism.on(RELEASE, released).on(DELETE, refusal(409, 'CONCURRENT_REQUESTS_NOT_ALLOWED', 'busy'));
    prism.on(DELETE, accepted()).on(task(), conflict);
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    await removeVm(backend, made, context());
    prism.done();
  });

  test('a conflict that stays is the error', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released);
    for (let round = 0; round < 8; round += 1) prism.on(DELETE, refusal(409, 'X', 'busy'));
    expect(await rejection(removeVm(backend, made, context()))).toMatchObject({ code: 'conflict' });
    prism.done();
  });

  test('a failed task is an error while the VM is there', async () => {
    const { prism, backend } = await start();
    const failed = taskIs('FAILED', { error_detail: 'volume groups are attached' });
    prism.on(RELEASE, released).on(DELETE, accepted()).on(task(), failed).on(GET, vmIs('ON'));
    const error = await rejection(removeVm(backend, made, context()));
    expect(error).toMatchObject({ code: 'task-failed', taskId: TASK });
    expect(String(error)).toContain('volume groups are attached');
  });

  test('a lost answer is repeated: a delete may be made twice', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, 'reset').on(RELEASE, missing()).on(DELETE, 'cut').on(DELETE, missing());
    await removeVm(backend, made, context());
    prism.done();
  });

  test('a VM that never goes ends with an error, not in a loop', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released);
    for (let round = 0; round < 8; round += 1) {
      prism.on(DELETE, accepted()).on(task(), succeeded);
      for (let look = 0; look < 4; look += 1) prism.on(GET, vmIs('ON'));
    }
    const error = await rejection(removeVm(backend, made, context()));
    expect(error).toMatchObject({ code: 'conflict', problem: 'the VM is still there after every delete' });
    prism.done();
  });

  test('a deadline ends it, with what was last seen', async () => {
    const { prism, backend } = await start();
    const controller = new AbortController();
    const reason = new OperationError({
      code: 'timeout',
      attempted: 'remove host',
      problem: 'not done after 5 s',
    });
    prism
      .on(RELEASE, released)
      .on(DELETE, accepted())
      .on(task(), () => {
        controller.abort(reason);
        return taskIs('RUNNING');
      });
    expect(await rejection(removeVm(backend, made, context(controller.signal)))).toMatchObject({
      code: 'timeout',
    });
  });
});
