import { isConflict, isEntityMissing, taskError } from '../../../../src/prism/v3/task/task.js';
import { waitForTask } from '../../../../src/prism/v3/task/wait-for-task.js';
import { OperationError } from '../../../../src/support/index.js';
import { context, missing, rejection, refusal, TASK, taskIs } from '../../fixtures.js';
import { scriptedBackend } from '../backend.js';

const GET = `GET tasks/${TASK}`;
const { start, stop } = scriptedBackend();
afterEach(stop);

test('looks soon, then less often, and tells only what is new', async () => {
  const { prism, backend, clock } = await start();
  prism.on(GET, taskIs('QUEUED', { percentage_complete: 0 }));
  for (let look = 0; look < 8; look += 1) prism.on(GET, taskIs('RUNNING'));
  prism.on(GET, taskIs('SUSPENDED')).on(GET, taskIs('SUCCEEDED'));
  const heard = context();
  expect(await waitForTask(backend, TASK, 'create VM', heard)).toEqual({ kind: 'succeeded', taskId: TASK });
  expect(heard.lines).toEqual([
    `task ${TASK} (create VM): QUEUED 0 %`,
    `task ${TASK} (create VM): RUNNING 40 %`,
    `task ${TASK} (create VM): SUSPENDED 40 %`,
  ]);
  expect(clock.slept.map(Math.round)).toEqual([
    100, 150, 225, 338, 506, 759, 1_139, 1_709, 2_563, 3_000, 3_000,
  ]);
  prism.done();
});

test.each(['FAILED', 'ABORTED'])('%s is an end, in the words of the server', async (status) => {
  const { prism, backend } = await start();
  const detail = { error_code: 'INTERNAL_ERROR', error_detail: ' Failed to clone:\n(15, Cannot assign) ' };
  prism.on(GET, taskIs(status, detail));
  const end = await waitForTask(backend, TASK, 'create VM', context());
  expect(end).toMatchObject({
    kind: 'failed',
    text: `${status}: INTERNAL_ERROR: Failed to clone: (15, Cannot assign)`,
  });
  expect(taskError(end, 'create VM "a"')).toMatchObject({ code: 'task-failed', taskId: TASK });
  expect(taskError(end, 'create VM "a"').message).toContain(`(task ${TASK})`);
});

test('a failure without words is still one', async () => {
  const { prism, backend } = await start();
  prism.on(GET, { status: 200, json: { status: 'FAILED' } });
  expect(await waitForTask(backend, TASK, 'x', context())).toEqual({
    kind: 'failed',
    taskId: TASK,
    text: 'FAILED',
  });
});

test.each([
  [{ error_code: 'CONCURRENT_REQUESTS_NOT_ALLOWED' }, true, false],
  [{ error_detail: 'Logical timestamp mismatch: (1 vs 2)' }, true, false],
  [{ error_detail: 'Edit conflict: please retry change.' }, true, false],
  [{ error_detail: 'vm : x does not exist. ENTITY_NOT_FOUND' }, false, true],
  [{ error_code: 'ENTITY_NOT_FOUND' }, false, true],
  [{ error_code: 'INTERNAL_ERROR' }, false, false],
])('%p: conflict %p, missing entity %p', async (detail, conflict, gone) => {
  const { prism, backend } = await start();
  prism.on(GET, taskIs('FAILED', detail));
  const end = await waitForTask(backend, TASK, 'x', context());
  expect(isConflict(end)).toBe(conflict);
  expect(isEntityMissing(end)).toBe(gone);
  expect(taskError(end, 'x').code).toBe(conflict ? 'conflict' : 'task-failed');
});

test('outages are waited out', async () => {
  const { prism, backend } = await start();
  const heard = context();
  for (let i = 0; i < 4; i += 1) prism.on(GET, { status: 503, text: '<html><title>503 Busy</title></html>' });
  for (let i = 0; i < 4; i += 1) prism.on(GET, 'reset');
  prism.on(GET, { status: 200, text: '<html>upgrading</html>' }).on(GET, taskIs('SUCCEEDED'));
  expect(await waitForTask(backend, TASK, 'x', heard)).toMatchObject({ kind: 'succeeded' });
  expect(heard.lines.map((line) => line.replace(/^.*\(x\): /, ''))).toEqual([
    'no answer (Prism Central answered HTTP 503: 503 Busy)',
    expect.stringContaining(`no answer (the connection to ${backend.api.server} broke`),
    expect.stringContaining('no answer (the answer is not JSON'),
  ]);
  prism.done();
});

test('what no waiting cures ends the wait', async () => {
  const { prism, backend } = await start();
  prism.on(GET, refusal(403, 'ACCESS_DENIED', 'No permission'));
  expect(await rejection(waitForTask(backend, TASK, 'x', context()))).toMatchObject({
    code: 'permission-denied',
  });
});

test('a task that is not known yet is given a moment', async () => {
  const { prism, backend } = await start();
  prism.on(GET, missing(TASK)).on(GET, missing(TASK)).on(GET, taskIs('SUCCEEDED'));
  expect(await waitForTask(backend, TASK, 'x', context())).toMatchObject({ kind: 'succeeded' });
});

test('single gaps in what the server knows do not add up', async () => {
  const { prism, backend } = await start();
  for (let gap = 0; gap < 6; gap += 1) prism.on(GET, missing(TASK)).on(GET, taskIs('RUNNING'));
  prism.on(GET, taskIs('SUCCEEDED'));
  expect(await waitForTask(backend, TASK, 'x', context())).toMatchObject({ kind: 'succeeded' });
  prism.done();
});

test('a task that stays unknown has vanished', async () => {
  const { prism, backend } = await start();
  prism.on(GET, taskIs('RUNNING'));
  for (let i = 0; i < 5; i += 1) prism.on(GET, missing(TASK));
  const end = await waitForTask(backend, TASK, 'x', context());
  expect(end).toEqual({ kind: 'vanished', taskId: TASK });
  expect(taskError(end, 'x').message).toContain('vanished');
  prism.done();
});

test('the time can be limited', async () => {
  const { prism, backend } = await start();
  for (let i = 0; i < 3; i += 1) prism.on(GET, taskIs('RUNNING'));
  expect(await waitForTask(backend, TASK, 'x', context(), 450)).toMatchObject({ kind: 'unfinished' });
  prism.done();
});

test('the deadline’s error tells what was last seen', async () => {
  const { prism, backend, clock } = await start();
  const controller = new AbortController();
  const timeout = new OperationError({
    code: 'timeout',
    attempted: 'create host',
    problem: 'not done after 9 s',
  });
  prism.on(GET, taskIs('RUNNING'));
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    if (clock.slept.length === 1) controller.abort(timeout);
    return sleep(ms, signal);
  };
  const error = await rejection(waitForTask(backend, TASK, 'x', context(controller.signal)));
  expect(error).toMatchObject({
    code: 'timeout',
    problem: `not done after 9 s; was waiting for task ${TASK} (x) of ${backend.api.server}, last seen: RUNNING 40 %`,
    advice: 'Look at the task in Prism Central.',
  });
});

test('a deadline in the middle of a request ends it at once', async () => {
  const { prism, backend } = await start();
  const controller = new AbortController();
  const cancelled = new OperationError({ code: 'cancelled', attempted: 'a', problem: 'interrupted' });
  prism.on(GET, () => {
    controller.abort(cancelled);
    return 'silence';
  });
  const error = await rejection(waitForTask(backend, TASK, 'x', context(controller.signal)));
  expect(error).toMatchObject({
    code: 'cancelled',
    problem: `interrupted; was waiting for task ${TASK} (x) of ${backend.api.server}, last seen: nothing yet, and no answer to the last question`,
  });
});
