import { runningVmTasks, vmIdsOf } from '../../../../src/prism/v3/task/running-tasks.js';
import { context, refusal, rejection } from '../../fixtures.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);
const LIST = 'POST tasks/list';

function tasks(count: number, status: string, total: number): { status: number; json: unknown } {
  const entities = Array.from({ length: count }, (_, index) => ({ uuid: `${status}-${index}`, status }));
  return { status: 200, json: { entities, metadata: { total_matches: total } } };
}

test('the unfinished ones, newest first', async () => {
  const { prism, backend } = await start();
  const states = ['SUCCEEDED', 'RUNNING', 'FAILED', 'QUEUED', 'ABORTED', 'SUSPENDED'];
  prism.on(LIST, { status: 200, json: { entities: states.map((status) => ({ status })) } });
  prism.on(LIST, { status: 200, json: { entities: [] } });
  const found = await runningVmTasks(backend, context());
  expect(found.tasks.map(({ status }) => status)).toEqual(['RUNNING', 'QUEUED', 'SUSPENDED']);
  expect(found.complete).toBe(true);
  expect(prism.bodies(LIST)[0]).toEqual({
    kind: 'task',
    offset: 0,
    length: 500,
    sort_attribute: 'creation_time',
    sort_order: 'DESCENDING',
  });
});

test('a history that is too long to read is not read to its end', async () => {
  const { prism, backend } = await start();
  for (let page = 0; page < 4; page += 1) prism.on(LIST, tasks(500, 'SUCCEEDED', 90_000));
  expect(await runningVmTasks(backend, context())).toEqual({ tasks: [], complete: false });
  prism.done();
});

test.each([403, 404, 422])('a server that refuses (%i) leaves it open', async (status) => {
  const { prism, backend } = await start();
  prism.on(LIST, refusal(status, 'X', 'no'));
  expect(await runningVmTasks(backend, context())).toEqual({ tasks: [], complete: false });
});

test('no answer at all is an error', async () => {
  const { prism, backend } = await start();
  for (let i = 0; i < 4; i += 1) prism.on(LIST, 'reset');
  expect(await rejection(runningVmTasks(backend, context()))).toMatchObject({ code: 'unreachable' });
});

test('what a task is about', () => {
  const list = [{ kind: 'vm', uuid: 'a' }, { kind: 'image', uuid: 'b' }, { kind: 'vm' }];
  expect(vmIdsOf({ entity_reference_list: list })).toEqual(['a']);
  expect(vmIdsOf({})).toEqual([]);
});
