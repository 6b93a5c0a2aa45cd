import { entity, lastProblemOf, entityName, taskIdsOf, entityUuid } from '../../../src/prism/v3/envelope.js';
import { accepted, acceptedTask, acceptedUuid } from '../../../src/prism/v3/task/task-of-answer.js';
import { updateBody } from '../../../src/prism/v3/vm/update.js';
import { vmFrom } from '../../../src/prism/v3/vm/view.js';
import { rawObject } from '../../../src/prism/shared/index.js';
import { recording } from '../fixtures.js';

const VM = 'bdbbad7a-a401-4f9a-a789-2b8406905b56';
const body = (name: string): unknown => recording(name).response.body;

test('the answer to a create names VM and task', () => {
  const answer = accepted.parse(body('CreateVM'));
  expect(acceptedUuid(answer)).toBe(VM);
  expect(acceptedTask(answer, 'x')).toBe('e074cb94-1123-4dca-82b0-b842f019a825');
});

test('a VM is read', () => {
  expect(vmFrom(entity.parse(body('GetVM')), VM, false)).toEqual({
    id: VM,
    name: 'test-vm',
    lifecycle: 'ready',
    power: 'off',
    nics: [
      {
        subnet: 'b2e46975-2cde-4a49-9dda-815eb4fcd679',
        macAddress: '50:6b:8d:24:19:54',
        addresses: [{ ip: '10.23.129.96', source: 'assigned' }],
      },
    ],
    size: { sockets: 1, coresPerSocket: 1, memoryMiB: 1024, disks: [{ bus: 'scsi', sizeGiB: 8 }] },
    lastProblem: undefined,
  });
});

test('a read entity names its tasks as a list', () => {
  expect(taskIdsOf(entity.parse(body('GetSubnet')))).toEqual(['29741e1f-159b-4076-a78f-75287690aa29']);
});

test('an update sends back what was read, field for field, but for the status and the change', () => {
  const read = rawObject.parse(body('GetVM'));
  const rest = { ...read };
  delete rest['status'];
  const sent = updateBody(read, { power_state: 'ON' }, 'x');
  const back = JSON.parse(
    JSON.stringify(sent).replace('"power_state":"ON"', '"power_state":"OFF"'),
  ) as unknown;
  expect(sent).not.toHaveProperty('status');
  expect(back).toEqual(rest);
});

describe('envelopes that are not as documented', () => {
  test.each([
    ['task_uuid a string', { execution_context: { task_uuid: 'a' } }, ['a']],
    ['task_uuid a list', { execution_context: { task_uuid: ['a', 'b'] } }, ['a', 'b']],
    ['task_uuids', { execution_context: { task_uuids: ['a'] } }, ['a']],
    ['no context', {}, []],
    ['null', { execution_context: null }, []],
    ['numbers', { execution_context: { task_uuid: 7, task_uuids: [7] } }, []],
  ])('%s', (_name, status, expected) => {
    expect(taskIdsOf(entity.parse({ status }))).toEqual(expected);
  });

  test('a delete’s answer: spec is an empty string, no uuid', () => {
    const answer = accepted.parse({
      status: { state: 'DELETE_PENDING', execution_context: { task_uuid: 't' } },
      spec: '',
      api_version: '3.1',
      metadata: { kind: 'vm', categories: {} },
    });
    expect(acceptedTask(answer, 'x')).toBe('t');
    expect(acceptedUuid(answer)).toBeUndefined();
  });

  test('an action’s answer is flat', () => {
    expect(acceptedTask(accepted.parse({ task_uuid: 't' }), 'x')).toBe('t');
  });

  test.each([[{}], [{ status: null }], [{ task_uuid: 7 }], [null], ['']])('%p names no task', (answer) => {
    const read = accepted.safeParse(answer);
    expect(() => acceptedTask(read.success ? read.data : {}, 'x')).toThrow('named no task');
  });

  test('an entity of nothing has nothing', () => {
    const nothing = entity.parse({ metadata: [], spec: '', status: null });
    expect([entityUuid(nothing), entityName(nothing), lastProblemOf(nothing)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a failed change is told in the words of the server', () => {
    const status = { state: 'ERROR', message_list: [{ message: 'no memory', reason: 'RESOURCE_SHORTAGE' }] };
    expect(lastProblemOf(entity.parse({ status }))).toBe('no memory [RESOURCE_SHORTAGE]');
    expect(lastProblemOf(entity.parse({ status: { state: 'ERROR' } }))).toBe('the last change failed');
  });
});
