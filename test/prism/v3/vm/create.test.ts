import { createVm } from '../../../../src/prism/v3/vm/create.js';
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
import { spec } from '../../spec.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const KEY = `v3:a-web-1:${VM}`;
const POST = 'POST vms';
const GET = `GET vms/${VM}`;
const task = (id: string = TASK): string => `GET tasks/${id}`;
const running = (id: string): Answer =>
  list({ uuid: id, status: 'RUNNING', entity_reference_list: [{ kind: 'vm', uuid: VM }] });

test('two requests on a good day', async () => {
  const { prism, backend } = await start();
  prism.on(POST, accepted()).on(task(), succeeded);
  expect(await createVm(backend, KEY, spec, context())).toBe(VM);
  expect(prism.bodies(POST)).toEqual([expect.objectContaining({ metadata: { kind: 'vm', uuid: VM } })]);
  expect(backend.creating.size).toBe(0);
  prism.done();
});

describe('an answer that was lost', () => {
  const LOST: [string, Answer][] = [
    ['connection reset', 'reset'],
    ['answer cut', 'cut'],
    ['502 of a gateway', { status: 502, text: '<html>bad gateway</html>' }],
    ['500', { status: 500, text: '' }],
  ];

  test.each(LOST)('%s: the VM is there, its task is waited for', async (_name, lost) => {
    const { prism, backend } = await start();
    prism
      .on(POST, lost)
      .on(GET, vmIs('OFF', { state: 'PENDING' }))
      .on(task(), taskIs('RUNNING'))
      .on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });

  test.each(LOST)('%s: only its task is there yet', async (_name, lost) => {
    const { prism, backend } = await start();
    prism.on(POST, lost).on(GET, missing()).on('POST tasks/list', running(TASK)).on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });

  test.each(LOST)('%s: nothing is there, so the same is sent once more', async (_name, lost) => {
    const { prism, backend } = await start();
    prism
      .on(POST, lost)
      .on(GET, missing())
      .on('POST tasks/list', list())
      .on(POST, accepted())
      .on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    const [first, second] = prism.bodies(POST);
    expect(second).toEqual(first);
    prism.done();
  });

  test('three times in a row: the error', async () => {
    const { prism, backend } = await start();
    for (let round = 0; round < 3; round += 1) {
      prism.on(POST, 'reset').on(GET, missing()).on('POST tasks/list', list());
    }
    const error = await rejection(createVm(backend, KEY, spec, context()));
    expect(error).toMatchObject({ code: 'unreachable', attempted: `create VM "web-1" (${VM})` });
    prism.done();
  });

  test('the repeated request fails because the first one arrived after all', async () => {
    const { prism, backend } = await start();
    prism
      .on(POST, 'reset')
      .on(GET, missing())
      .on('POST tasks/list', list())
      .on(POST, accepted(OTHER_TASK))
      .on(task(OTHER_TASK), taskIs('FAILED', { error_code: 'INVALID_UUID' }))
      .on(GET, vmIs('ON', { tasks: [TASK] }))
      .on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });
});

describe('a create that was made before', () => {
  test('is found when the request is refused', async () => {
    const { prism, backend } = await start();
    prism
      .on(POST, refusal(422, 'INVALID_UUID', 'in use'))
      .on(GET, vmIs('ON'))
      .on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });

  test('is found when its task is forgotten', async () => {
    const { prism, backend } = await start();
    prism.on(POST, refusal(409, 'ENTITY_ALREADY_EXISTS', 'exists')).on(GET, vmIs('ON'));
    for (let look = 0; look < 5; look += 1) prism.on(task(), missing(TASK));
    prism.on(GET, vmIs('ON'));
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });
});

describe('a create that fails', () => {
  test.each(['FAILED', 'ABORTED'])('%s: in the words of the server, with the task', async (status) => {
    const { prism, backend } = await start();
    const failed = taskIs(status, { error_code: 'RESOURCE_SHORTAGE', error_detail: 'no memory' });
    prism.on(POST, accepted()).on(task(), failed).on(GET, missing()).on('POST tasks/list', list());
    const error = await rejection(createVm(backend, KEY, spec, context()));
    expect(error).toMatchObject({ code: 'task-failed', taskId: TASK });
    expect(String(error)).toContain(
      `create VM "web-1" (${VM}): Prism Central: ${status}: RESOURCE_SHORTAGE: no memory (task ${TASK})`,
    );
    prism.done();
  });

  test('half made by its own failed task: still a failure', async () => {
    const { prism, backend } = await start();
    prism
      .on(POST, accepted())
      .on(task(), taskIs('FAILED'))
      .on(GET, vmIs('OFF', { state: 'ERROR' }));
    expect(await rejection(createVm(backend, KEY, spec, context()))).toMatchObject({ code: 'task-failed' });
    prism.done();
  });

  test('refused: once, with the reason', async () => {
    const { prism, backend } = await start();
    const words = 'Requested image size 1 is less than actual size 2';
    prism
      .on(POST, refusal(400, 'INVALID_ARGUMENT', words))
      .on(GET, missing())
      .on('POST tasks/list', list());
    const error = await rejection(createVm(backend, KEY, spec, context()));
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(String(error)).toContain(words);
    prism.done();
  });

  test('rate limited: sent again, since nothing was done', async () => {
    const { prism, backend } = await start();
    const busy = refusal(429, 'TOO_MANY_REQUESTS', 'slow down');
    prism.on(POST, busy).on(POST, busy).on(POST, accepted()).on(task(), succeeded);
    expect(await createVm(backend, KEY, spec, context())).toBe(VM);
    prism.done();
  });

  test('given up: the task stays known to this process', async () => {
    const { prism, backend } = await start();
    const controller = new AbortController();
    const reason = new OperationError({
      code: 'cancelled',
      attempted: 'create host',
      problem: 'interrupted',
    });
    prism.on(POST, accepted()).on(task(), () => {
      controller.abort(reason);
      return taskIs('RUNNING');
    });
    expect(await rejection(createVm(backend, KEY, spec, context(controller.signal)))).toMatchObject({
      code: 'cancelled',
    });
    expect([...backend.creating]).toEqual([[VM, TASK]]);
  });
});

describe('on a server without reservations', () => {
  const MARKED = 'v3-marks:0123456789abcdef';
  const ours = {
    metadata: { uuid: VM },
    spec: { name: 'web-1', description: `[test-driver ${MARKED}]` },
    status: {},
  };

  test('looks for an earlier one first, then makes it', async () => {
    const { prism, backend } = await start();
    prism
      .on('POST vms/list', list())
      .on('POST tasks/list', list())
      .on(POST, accepted())
      .on(task(), succeeded);
    expect(await createVm(backend, MARKED, spec, context())).toBe(VM);
    expect(prism.bodies(POST)).toEqual([expect.objectContaining({ metadata: { kind: 'vm' } })]);
    prism.done();
  });

  test('an earlier one is taken', async () => {
    const { prism, backend } = await start();
    prism
      .on('POST vms/list', list(ours))
      .on('POST tasks/list', list())
      .on(GET, vmIs('ON'))
      .on(task(), succeeded);
    expect(await createVm(backend, MARKED, spec, context())).toBe(VM);
    prism.done();
  });

  test('a lost answer is never sent again; the ownership tag tells', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', list()).on('POST tasks/list', list()).on(POST, 'reset');
    prism.on('POST vms/list', list()).on('POST tasks/list', list());
    prism
      .on('POST vms/list', list(ours))
      .on('POST tasks/list', list())
      .on(GET, vmIs('ON'))
      .on(task(), succeeded);
    expect(await createVm(backend, MARKED, spec, context())).toBe(VM);
    prism.done();
  });

  test('a lost answer that never shows is the error', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', list()).on('POST tasks/list', list()).on(POST, 'reset');
    for (let look = 0; look < 10; look += 1) prism.on('POST vms/list', list()).on('POST tasks/list', list());
    expect(await rejection(createVm(backend, MARKED, spec, context()))).toMatchObject({
      code: 'unreachable',
    });
    prism.done();
  });
});
