import { resizeVm } from '../../../../src/prism/v4/vm/resize.js';
import { context, rejection, VM } from '../../fixtures.js';
import { appErrors, data, tableScenes, type Asked } from '../table-prism.js';

const { start, stop } = tableScenes();
afterEach(stop);

const PATH = `/api/vmm/v4.3/ahv/config/vms/${VM}`;
const TASK = 'ZXJnb24=:22b602b6-ab4a-5b7a-aa38-c14de3362c0f';
const SIZE = { sockets: 4, coresPerSocket: 2, memoryMiB: 8192 };
const found = {
  extId: VM,
  name: 'web-1',
  numSockets: 2,
  numCoresPerSocket: 2,
  memorySizeBytes: 4_294_967_296,
  nics: [{ nicNetworkInfo: { subnet: { extId: 's1' } } }],
  newMember: { of: 'a later version' },
};
const done = data({ extId: TASK, status: 'SUCCEEDED' });

test('the whole VM goes back as it was read, with its ETag and other numbers', async () => {
  const { prism, backend } = await start({
    [`GET ${PATH}`]: data(found, { etag: 'tag:1' }),
    [`PUT ${PATH}`]: data({ extId: TASK }),
    [`GET /api/prism/v4.4/config/tasks/${TASK}`]: done,
  });
  await resizeVm(backend, VM, SIZE, context());
  const put = prism.asked.find(({ method }) => method === 'PUT');
  expect(put?.headers['if-match']).toBe('tag:1');
  expect(put?.headers['ntnx-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(put?.body).toEqual({ ...found, numSockets: 4, memorySizeBytes: 8_589_934_592 });
});

test('a VM of that size is left as it is', async () => {
  const { prism, backend } = await start({
    [`GET ${PATH}`]: data({ ...found, numSockets: 4, memorySizeBytes: 8_589_934_592 }),
  });
  await resizeVm(backend, VM, SIZE, context());
  expect(prism.calls).toEqual([`GET ${PATH}`]);
});

test('another client’s change is read anew, and the id of the request is new', async () => {
  let reads = 0;
  const ids: unknown[] = [];
  const { backend } = await start({
    [`GET ${PATH}`]: () => data({ ...found, name: `name ${(reads += 1)}` }, { etag: `tag:${reads}` }),
    [`PUT ${PATH}`]: ({ headers, body }: Asked) => {
      ids.push([headers['if-match'], headers['ntnx-request-id'], (body as { name: string }).name]);
      return ids.length === 1
        ? appErrors(412, 'VMM-30303', 'VM_ETAG_MISMATCH', 'the If-Match header value is old')
        : data({ extId: TASK });
    },
    [`GET /api/prism/v4.4/config/tasks/${TASK}`]: done,
  });
  await resizeVm(backend, VM, SIZE, context());
  expect(ids).toEqual([
    ['tag:1', expect.any(String), 'name 1'],
    ['tag:2', expect.any(String), 'name 2'],
  ]);
  expect(new Set(ids.map((sent) => (sent as unknown[])[1])).size).toBe(2);
});

test('a task that fails with another client’s change: read anew and sent once more, as another request', async () => {
  let reads = 0;
  const puts: Asked[] = [];
  const tasks = [`${TASK}0`, `${TASK}1`];
  const mismatch = { code: 'VMM-30303', errorGroup: 'VM_ETAG_MISMATCH', message: 'the VM was changed' };
  const { prism, backend } = await start({
    [`GET ${PATH}`]: () => data({ ...found, name: `name ${(reads += 1)}` }, { etag: `tag:${reads}` }),
    [`PUT ${PATH}`]: (asked) => {
      puts.push(asked);
      return data({ extId: tasks[puts.length - 1] });
    },
    // As a failed task is: at 100 %, without `hasError`.
    [`GET /api/prism/v4.4/config/tasks/${TASK}0`]: data({
      extId: `${TASK}0`,
      status: 'FAILED',
      progressPercentage: 100,
      errorMessages: [mismatch],
    }),
    [`GET /api/prism/v4.4/config/tasks/${TASK}1`]: done,
  });
  const caller = context();
  await resizeVm(backend, VM, SIZE, caller);
  expect(puts.map(({ headers }) => headers['if-match'])).toEqual(['tag:1', 'tag:2']);
  expect(puts.map(({ body }) => body)).toMatchObject([{ name: 'name 1' }, { name: 'name 2', numSockets: 4 }]);
  const ids = puts.map(({ headers }) => headers['ntnx-request-id']);
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  expect(new Set(ids).size).toBe(2);
  expect(prism.calls.filter((call) => call === `GET ${PATH}`)).toHaveLength(2);
  expect(caller.lines.join()).toContain('the VM was changed [VMM-30303]; reading the VM again');
});

test('a task that fails with something else: one PUT', async () => {
  const { prism, backend } = await start({
    [`GET ${PATH}`]: data(found, { etag: 'tag:1' }),
    [`PUT ${PATH}`]: data({ extId: TASK }),
    [`GET /api/prism/v4.4/config/tasks/${TASK}`]: data({
      extId: TASK,
      status: 'FAILED',
      errorMessages: [{ code: 'VMM-30113', message: 'no memory is left' }],
    }),
  });
  expect(await rejection(resizeVm(backend, VM, SIZE, context()))).toMatchObject({
    code: 'task-failed',
    problem: expect.stringMatching('no memory is left') as string,
    taskId: TASK,
  });
  expect(prism.calls.filter((call) => call === `PUT ${PATH}`)).toHaveLength(1);
});

test('what the server refuses of a VM that runs is told', async () => {
  const { backend } = await start({
    [`GET ${PATH}`]: data(found),
    [`PUT ${PATH}`]: appErrors(400, 'VMM-30113', 'VM_INVALID_ARGUMENT', 'the VM must be off'),
  });
  expect(await rejection(resizeVm(backend, VM, SIZE, context()))).toMatchObject({
    code: 'invalid-input',
    attempted: `change CPU and memory of VM ${VM}`,
    problem: expect.stringMatching('the VM must be off') as string,
  });
});
