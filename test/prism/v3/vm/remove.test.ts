import type { VmIdentity } from '../../../../src/provider/index.js';
import { removeVm } from '../../../../src/prism/v3/vm/remove.js';
import {
  accepted,
  context,
  missing,
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

const planned: VmIdentity = { name: 'web-1', creationToken: `v3:a-web-1:${VM}` };
const made: VmIdentity = { ...planned, vmId: VM };

test('the reservation, the VM, and a look that it is gone', async () => {
  const { prism, backend } = await start();
  prism.on(RELEASE, released).on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
  await removeVm(backend, made, context());
  prism.done();
});

test('a VM of an older version, known by its id only', async () => {
  const { prism, backend } = await start();
  prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
  await removeVm(backend, { name: 'web-1', vmId: VM }, context());
  prism.done();
});

test('a VM with another id than the one reserved: both are removed', async () => {
  const { prism, backend } = await start();
  const other = '99999999-2222-4333-8444-555555555555';
  prism.on(RELEASE, released);
  prism.on(`DELETE vms/${other}`, accepted()).on(task(), succeeded).on(`GET vms/${other}`, missing());
  prism.on(DELETE, missing()).on(TASKS, list());
  await removeVm(backend, { ...planned, vmId: other }, context());
  prism.done();
});

test('nothing known, nothing done', async () => {
  const { prism, backend } = await start();
  await removeVm(backend, { name: 'web-1' }, context());
  prism.done();
});

test('nothing is deleted twice, and the name is free only when the VM is gone', async () => {
  const { prism, backend } = await start();
  prism.on(RELEASE, released).on(DELETE, accepted()).on(task(), succeeded);
  prism.on(GET, vmIs('ON', { state: 'DELETE_PENDING' })).on(GET, { status: 200, json: { status: {} } });
  prism.on(GET, vmIs('ON')).on(GET, missing());
  await removeVm(backend, made, context());
  prism.done();
});

describe('gone already', () => {
  test('said at once', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, missing()).on(DELETE, missing());
    await removeVm(backend, made, context());
    prism.done();
  });

  test('said by the task', async () => {
    const { prism, backend } = await start();
    const gone = taskIs('FAILED', { error_detail: `vm ${VM}: ENTITY_NOT_FOUND` });
    prism.on(RELEASE, released).on(DELETE, accepted()).on(task(), gone);
    await removeVm(backend, made, context());
    prism.done();
  });

  test('deleted by someone else meanwhile, whatever the task says', async () => {
    const { prism, backend } = await start();
    prism
      .on(RELEASE, released)
      .on(DELETE, accepted())
      .on(task(), taskIs('FAILED', { error_detail: 'kNotFound' }));
    prism.on(GET, missing());
    await removeVm(backend, made, context());
    prism.done();
  });

  test('a bare 404 of a gateway is no proof', async () => {
    const { prism, backend } = await start();
    prism.on(RELEASE, released).on(DELETE, { status: 404, text: '<html>404</html>' });
    expect(await rejection(removeVm(backend, made, context()))).toMatchObject({ code: 'unsupported' });
  });
});

describe('the reservation', () => {
  test('that the server will not let go of does not stop the delete; it is told at the end', async () => {
    const { prism, backend, log } = await start();
    const denied = refusal(403, 'ACCESS_DENIED', 'No permission');
    prism
      .on(RELEASE, denied)
      .on(DELETE, accepted())
      .on(task(), succeeded)
      .on(GET, missing())
      .on(RELEASE, denied);
    await removeVm(backend, made, context());
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn The reservation "a-web-1" could not be given back; it expires by itself.',
    ]);
    prism.done();
  });
});

describe.each([
  ['of this API', 'v3-marks:0123456789abcdef'],
  ['of API v4', 'v4:99999999-2222-4333-8444-555555555555'],
])('by ownership tag %s', (_name, KEY) => {
  const identity: VmIdentity = { name: 'web-1', creationToken: KEY };
  const ours = { metadata: { uuid: VM }, spec: { name: 'web-1', description: `x [test-driver ${KEY}]` } };
  const theirs = { metadata: { uuid: 'other' }, spec: { name: 'web-1', description: 'x' } };

  test('only ours is deleted, and that is said', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', list(theirs, ours)).on(TASKS, list());
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    prism.on('POST vms/list', list(theirs)).on(TASKS, list());
    const heard = context();
    await removeVm(backend, identity, heard);
    expect(heard.lines[0]).toBe(
      `VM ${VM} is named "web-1" and carries the ownership tag of this host: deleting it`,
    );
    prism.done();
  });

  test('nothing of ours', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', list(theirs)).on(TASKS, list());
    await removeVm(backend, identity, context());
    prism.done();
  });

  test('where tasks cannot be listed, a second look', async () => {
    const { prism, backend } = await start();
    const denied = refusal(403, 'ACCESS_DENIED', 'No permission');
    prism.on('POST vms/list', list()).on(TASKS, denied).on('POST vms/list', list()).on(TASKS, denied);
    await removeVm(backend, identity, context());
    prism.done();
  });

  test('a finished create’s id is enough', async () => {
    const { prism, backend } = await start();
    prism.on(DELETE, accepted()).on(task(), succeeded).on(GET, missing());
    await removeVm(backend, { ...identity, vmId: VM }, context());
    prism.done();
  });
});
