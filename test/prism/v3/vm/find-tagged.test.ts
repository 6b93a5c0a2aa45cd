import { hasTag } from '../../../../src/prism/shared/index.js';
import { descriptionOf } from '../../../../src/prism/v3/envelope.js';
import { findTagged } from '../../../../src/prism/v3/vm/find-tagged.js';
import { context, missing, refusal, VM } from '../../fixtures.js';
import { list } from '../../placement.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const KEY = 'v3-marks:0123456789abcdef';
const MARK = `[test-driver ${KEY}]`;
const OTHER = '22222222-2222-4333-8444-555555555555';

function vm(uuid: string, name: string, description?: string): object {
  return {
    metadata: { uuid },
    spec: { name, ...(description === undefined ? {} : { description }) },
    status: {},
  };
}

const running = (...uuids: string[]): object[] =>
  uuids.map((uuid) => ({
    uuid: `task-${uuid}`,
    status: 'RUNNING',
    entity_reference_list: [{ kind: 'vm', uuid }],
  }));

test.each([
  ['in spec', { spec: { description: `x ${MARK}` } }, true],
  ['in status', { status: { description: MARK } }, true],
  ['of another key', { spec: { description: '[test-driver v3-marks:ffff]' } }, false],
  ['of another program', { spec: { description: `[other ${KEY}]` } }, false],
  ['nowhere', {}, false],
])('a mark %s', (_name, entity, expected) => {
  expect(hasTag(descriptionOf(entity), 'test-driver', KEY)).toBe(expected);
});

describe('VMs that bear the mark', () => {
  test('have the exact name and the mark; others are left alone', async () => {
    const { prism, backend } = await start();
    prism
      .on(
        'POST vms/list',
        list(vm(OTHER, 'web-1', 'someone’s'), vm(VM, 'web-1', `x ${MARK}`), vm('x', 'web-10', MARK)),
      )
      .on('POST tasks/list', list());
    expect(await findTagged(backend, 'web-1', KEY, context())).toEqual({ ids: [VM], complete: true });
    expect(prism.bodies('POST vms/list')).toEqual([
      { kind: 'vm', offset: 0, length: 500, filter: 'vm_name==web-1' },
    ]);
  });

  test('are found while they are being created, which lists leave out', async () => {
    const { prism, backend } = await start();
    prism
      .on('POST vms/list', list())
      .on('POST tasks/list', list(...running(VM, OTHER, 'gone', 'secret')))
      .together(
        [`GET vms/${VM}`, { status: 200, json: vm(VM, 'web-1', MARK) }],
        [`GET vms/${OTHER}`, { status: 200, json: vm(OTHER, 'web-2', MARK) }],
        ['GET vms/gone', missing()],
        ['GET vms/secret', refusal(403, 'ACCESS_DENIED', 'No permission')],
      );
    expect(await findTagged(backend, 'web-1', KEY, context())).toEqual({ ids: [VM], complete: true });
    prism.done();
  });

  test('may be overlooked where tasks cannot be listed', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', list()).on('POST tasks/list', refusal(403, 'ACCESS_DENIED', 'No permission'));
    expect(await findTagged(backend, 'web-1', KEY, context())).toEqual({ ids: [], complete: false });
  });
});
