import { endOf, isConflict, task, vmIdsIn } from '../../../../src/prism/v4/task/task.js';
import { recorded } from '../table-prism.js';

/** The task that was read in a recording. */
function recordedTask(name: string): ReturnType<typeof task.parse> {
  const { body } = recorded(name)[1]?.response ?? {};
  return task.parse((body as { data: unknown }).data);
}

describe('recorded tasks', () => {
  test.each([
    ['A1', 'succeeded', undefined],
    ['C1', 'succeeded', undefined],
    ['C3', 'failed', /^FAILED: Cannot specify power state as ON .* \[VMM-30109\]$/],
    ['C5', 'failed', /^FAILED: .* \[VMM-30604\]$/],
    ['C7', 'failed', /^FAILED: .* \[VMM-31201\]$/],
    ['D2', 'failed', /^FAILED: .* \[VMM-34400\]$/],
  ])('%s has %s', (name, kind, text) => {
    const seen = recordedTask(name);
    // A failed one is as complete as any.
    expect(seen.progressPercentage).toBe(100);
    expect(endOf(seen, 't')).toMatchObject({
      kind,
      ...(text === undefined ? {} : { text: expect.stringMatching(text) as string }),
    });
    expect(vmIdsIn(seen)).toHaveLength(1);
  });
});

test.each(['QUEUED', 'RUNNING', 'CANCELING', 'SUSPENDED', 'NEW_ONE', undefined])(
  'a task that is %s goes on',
  (status) => {
    expect(endOf(task.parse({ status, progressPercentage: 100 }), 't')).toBeUndefined();
  },
);

test.each([
  [{}, 'CANCELED'],
  [{ legacyErrorMessage: ' kaput\n ' }, 'CANCELED: kaput'],
  [{ errorMessages: [{ message: 'no', code: 'X-1' }, null] }, 'CANCELED: no [X-1]'],
])('what a task says of its failure: %p', (more, text) => {
  expect(endOf(task.parse({ status: 'CANCELED', ...more }), 't')).toEqual({
    kind: 'failed',
    taskId: 't',
    text,
  });
});

test.each([
  ['VMM-30303', true],
  ['VMM-30100', false],
  ['VMM-10000', false],
])('a failure with %s', (code, conflict) => {
  const seen = task.parse({ status: 'FAILED', errorMessages: [{ code, message: 'x' }] });
  const over = { end: { kind: 'failed', taskId: 't', text: 'x' }, seen } as const;
  expect(isConflict(over)).toBe(conflict);
});

describe('the VM that a task makes', () => {
  const vm = { extId: 'a', rel: 'vmm:ahv:config:vm' };

  test.each<[string, object, readonly string[]]>([
    [
      'among what is affected',
      { entitiesAffected: [{ extId: 'n', rel: 'vmm:ahv:config:vm:nic' }, vm] },
      ['a'],
    ],
    ['once, however often it is named', { entitiesAffected: [vm, vm, null] }, ['a']],
    ['else in the details', { completionDetails: [{ name: 'VM external ID', value: 'b' }] }, ['b']],
    ['in a list of them', { completionDetails: [{ name: 'VM external ID', value: ['b', 7] }] }, ['b']],
    [
      'first what is affected',
      { entitiesAffected: [vm], completionDetails: [{ name: 'VM external ID', value: 'b' }] },
      ['a', 'b'],
    ],
    ['or nowhere', { completionDetails: [{ name: 'VM name', value: 'x' }] }, []],
  ])('is %s', (_name, given, expected) => {
    expect(vmIdsIn(task.parse(given))).toEqual(expected);
  });
});
