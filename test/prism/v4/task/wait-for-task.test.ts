import { waitForTask } from '../../../../src/prism/v4/task/wait-for-task.js';
import { waitForRunningTasks } from '../../../../src/prism/v4/task/running-tasks.js';
import { context, VM } from '../../fixtures.js';
import { appErrors, data, tableScenes, type Asked, type TableAnswer } from '../table-prism.js';

const { start, stop } = tableScenes();
afterEach(stop);

const TASK = 'ZXJnb24=:22b602b6-ab4a-5b7a-aa38-c14de3362c0f';
const PATH = `GET /api/prism/v4.4/config/tasks/${TASK}`;

/** One answer after the other; the last one stays. */
function answers(...given: readonly TableAnswer[]): () => TableAnswer {
  let next = 0;
  return () => given[Math.min(next++, given.length - 1)] ?? data({});
}
const is = (status: string, progressPercentage?: number): TableAnswer => data({ status, progressPercentage });

test('a task is polled by its id as it is, until its status ends it', async () => {
  const { prism, backend } = await start({
    [PATH]: answers(is('QUEUED', 0), is('RUNNING', 100), is('SUCCEEDED', 100)),
  });
  const heard = context();
  const { end } = await waitForTask(backend, TASK, 'create VM "web-1"', heard);
  expect(end).toEqual({ kind: 'succeeded', taskId: TASK });
  expect(prism.calls).toEqual([PATH, PATH, PATH]);
  expect(heard.lines).toEqual([
    `task ${TASK} (create VM "web-1"): QUEUED 0 %`,
    `task ${TASK} (create VM "web-1"): RUNNING 100 %`,
  ]);
});

test('the pauses follow from how far it is', async () => {
  const slow = await start({ [PATH]: answers(...[1, 1, 1].map((n) => is('RUNNING', n)), is('SUCCEEDED')) });
  await waitForTask(slow.backend, TASK, 'x', context());
  const quick = await start({
    [PATH]: answers(...[60, 80, 95].map((n) => is('RUNNING', n)), is('SUCCEEDED')),
  });
  await waitForTask(quick.backend, TASK, 'x', context());
  // At 1 % after 0.1 s, 10 s are to go at least; a task that is nearly done is asked for as often as any.
  expect(slow.clock.slept).toEqual([100, 3_000, 3_000, 3_000]);
  expect(quick.clock.slept).toEqual([100, 150, 225, 337.5]);
});

test('a task that is forgotten has vanished', async () => {
  const { backend } = await start({ [PATH]: appErrors(404, 'X-1', 'ENTITY_NOT_FOUND', 'no such task') });
  expect((await waitForTask(backend, TASK, 'x', context())).end.kind).toBe('vanished');
});

test('tasks of a VM that are under way are waited for, however they end', async () => {
  let asked: string | null = null;
  const { backend } = await start({
    'GET /api/prism/v4.4/config/tasks': ({ query }: Asked) => {
      asked = query.get('$filter');
      return data([{ extId: TASK, status: 'RUNNING' }, { extId: 'over', status: 'SUCCEEDED' }, {}]);
    },
    [PATH]: answers(is('RUNNING'), is('FAILED')),
  });
  expect(await waitForRunningTasks(backend, VM, 'delete VM', context())).toBe(true);
  expect(asked).toBe(
    `entitiesAffected/any(a:a/extId eq '${VM}') and ` +
      "(status eq Prism.Config.TaskStatus'QUEUED' or status eq Prism.Config.TaskStatus'RUNNING')",
  );
});

test('where tasks may not be listed nothing is waited for', async () => {
  const { backend } = await start({
    'GET /api/prism/v4.4/config/tasks': appErrors(403, 'RBA-10001', 'ACCESS_DENIED', 'no'),
  });
  expect(await waitForRunningTasks(backend, VM, 'delete VM', context())).toBe(false);
});
