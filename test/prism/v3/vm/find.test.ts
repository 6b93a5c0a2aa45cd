import { findVm } from '../../../../src/prism/v3/vm/find.js';
import { context, missing, refusal, rejection, TASK, VM, vmIs } from '../../fixtures.js';
import { list } from '../../placement.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const GET = `GET vms/${VM}`;
const KEY = `v3:a-web-1:${VM}`;
const MARKED = 'v3-marks:0123456789abcdef';
const underWay = list({ uuid: TASK, status: 'QUEUED', entity_reference_list: [{ kind: 'vm', uuid: VM }] });

test.each([
  ['a known id', { vmId: VM }],
  ['a reserved id', { creationToken: KEY }],
  ['both', { vmId: VM, creationToken: KEY }],
])('one request with %s', async (_name, identity) => {
  const { prism, backend } = await start();
  prism.on(GET, vmIs('ON'));
  expect(await findVm(backend, { name: 'web-1', ...identity }, context())).toMatchObject({
    id: VM,
    power: 'on',
  });
  prism.done();
});

test('nothing known, nothing asked', async () => {
  const { prism, backend } = await start();
  expect(await findVm(backend, { name: 'web-1' }, context())).toBeUndefined();
  prism.done();
});

test('a VM whose create had finished and that is not there is gone', async () => {
  const { prism, backend } = await start();
  prism.on(GET, missing());
  expect(await findVm(backend, { name: 'web-1', vmId: VM, creationToken: KEY }, context())).toBeUndefined();
  prism.done();
});

test('a VM that is not there yet, while its create is under way', async () => {
  const { prism, backend } = await start();
  prism.on(GET, missing()).on('POST tasks/list', underWay);
  const vm = { id: VM, name: 'web-1', lifecycle: 'creating', power: 'unknown', nics: [] };
  expect(await findVm(backend, { name: 'web-1', creationToken: KEY }, context())).toMatchObject(vm);
});

test('the same, from what this process knows', async () => {
  const { prism, backend } = await start();
  backend.creating.set(VM, TASK);
  prism.on(GET, missing()).on(GET, vmIs('ON'));
  const identity = { name: 'web-1', creationToken: KEY };
  expect(await findVm(backend, identity, context())).toMatchObject({ lifecycle: 'creating' });
  expect(await findVm(backend, identity, context())).toMatchObject({ lifecycle: 'creating', power: 'on' });
  prism.done();
});

test('a VM that was never created', async () => {
  const { prism, backend } = await start();
  prism.on(GET, missing()).on('POST tasks/list', list());
  expect(await findVm(backend, { name: 'web-1', creationToken: KEY }, context())).toBeUndefined();
});

test('by its ownership tag', async () => {
  const { prism, backend } = await start();
  const ours = { metadata: { uuid: VM }, spec: { name: 'web-1', description: `[test-driver ${MARKED}]` } };
  prism.on('POST vms/list', list(ours)).on('POST tasks/list', list()).on(GET, vmIs('OFF'));
  expect(await findVm(backend, { name: 'web-1', creationToken: MARKED }, context())).toMatchObject({
    power: 'off',
  });
});

test.each([
  ['forbidden', refusal(403, 'ACCESS_DENIED', 'No permission'), 'permission-denied'],
  ['of another shape', { status: 200, json: [] }, 'unexpected-response'],
])('an answer that is %s is not taken for absence', async (_name, answer, code) => {
  const { prism, backend } = await start();
  prism.on(GET, answer);
  expect(await rejection(findVm(backend, { name: 'web-1', vmId: VM }, context()))).toMatchObject({ code });
});

test('an unknown path is no proof of absence either', async () => {
  const { prism, backend } = await start();
  prism.on(GET, { status: 404, json: { message: 'The requested URL was not found on the server.' } });
  expect(await rejection(findVm(backend, { name: 'web-1', vmId: VM }, context()))).toMatchObject({
    code: 'unsupported',
  });
});
