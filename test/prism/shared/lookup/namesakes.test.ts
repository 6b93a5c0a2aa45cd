import { namesakeWarnings, type ListNamesakes } from '../../../../src/prism/shared/lookup/namesakes.js';
import type { V3Backend } from '../../../../src/prism/v3/backend.js';
import { entityUuid } from '../../../../src/prism/v3/envelope.js';
import { listNamed } from '../../../../src/prism/v3/list.js';
import { context, refusal } from '../../fixtures.js';
import { list } from '../../placement.js';
import { scriptedBackend } from '../../v3/backend.js';

const { start, stop } = scriptedBackend();
afterEach(async () => {
  jest.useRealTimers();
  await stop();
});

const listIn =
  ({ api }: V3Backend): ListNamesakes =>
  async (name, attempt) =>
    (await listNamed(api, 'vm', name, attempt)).map(entityUuid);

const vm = (uuid: string, name = 'web-1'): object => ({ metadata: { uuid }, status: { name } });

test.each([
  ['nobody', [], []],
  ['VMs of similar names', [vm('v0', 'WEB-1'), vm('v1', 'web-10')], []],
  ['one', [vm('v1')], [/^A VM is named "web-1" already in Prism Central \(v1\)\. It is left alone/]],
  [
    'three',
    [vm('v1'), vm('v2'), vm('v3')],
    [/^3 VMs are named "web-1" .*\(v1, v2, v3\)\. They are left alone/],
  ],
  ['four', [vm('v1'), vm('v2'), vm('v3'), vm('v4')], [/^4 VMs .*\(v1, v2, v3, …\)/]],
])('%s of the name', async (_who, listed, expected) => {
  const { prism, backend } = await start();
  prism.on('POST vms/list', list(...listed));
  const warnings = await namesakeWarnings(listIn(backend), 'web-1', context());
  expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  expect(prism.requests[0]?.body).toMatchObject({ kind: 'vm', filter: 'vm_name==web-1' });
});

test('without a name nobody is asked', async () => {
  const { prism, backend } = await start();
  expect(await namesakeWarnings(listIn(backend), undefined, context())).toEqual([]);
  expect(prism.calls()).toEqual([]);
});

test('a list that is refused is no reason to stop', async () => {
  const { prism, backend } = await start();
  prism.on('POST vms/list', refusal(403, 'ACCESS_DENIED', 'No permission to list VMs.'));
  expect(await namesakeWarnings(listIn(backend), 'web-1', context())).toEqual([]);
  prism.done();
});

test('a list that never comes is not waited for', async () => {
  const { prism, backend } = await start();
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] });
  // Time passes when the server has the request, and not before.
  prism.on('POST vms/list', () => {
    jest.advanceTimersByTime(500);
    return 'silence';
  });
  expect(await namesakeWarnings(listIn(backend), 'web-1', context(), 500)).toEqual([]);
  prism.done();
});
