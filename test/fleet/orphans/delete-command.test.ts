import { join } from 'node:path';
import type { OwnedVm } from '../../../src/provider/index.js';
import { OperationError } from '../../../src/support/index.js';
import { aborted, type FakeCloud } from './fake-cloud.js';
import { runOrphans, type Choice } from './run-orphans.js';
import { LATE, marked, TemporaryStores } from './stores.js';

const stores = new TemporaryStores();
afterEach(() => stores.remove());

/** With an empty store, unless another is given. */
function run(vms: readonly OwnedVm[], args: readonly string[], choice: Partial<Choice> = {}) {
  return runOrphans(vms, args, { store: stores.make(), ...choice });
}

describe('--delete', () => {
  const VMS = [marked('a', LATE), marked('b', { madeAt: new Date() })];

  test.each([
    ['yes', 0, ['remove a key-a']],
    [' YES ', 0, ['remove a key-a']],
    ['y', 1, []],
    ['', 1, []],
  ])('the answer %j', async (answer, code, removed) => {
    const result = await run(VMS, ['--delete'], { answer });
    expect({ code: result.code, removed: result.cloud.removed() }).toEqual({ code, removed });
    expect(result.questions).toEqual([expect.stringMatching(/^Delete vm-a \(a\) with all/)]);
  });

  test('many are not all named in the question, and no name reaches the terminal as it is', async () => {
    const vms = Array.from({ length: 12 }, (_, n) => marked(`n${n}`, { ...LATE, name: `\u001b[2Kvm\r${n}` }));
    const { questions } = await run(vms, ['--delete'], { answer: 'no' });
    expect(questions).toEqual([
      expect.stringMatching(/^Delete vm 0 \(n0\),.* vm 9 \(n9\) and 2 more with all/),
    ]);
  });

  test('without a terminal and --yes it is refused before anything is asked of the cloud', async () => {
    const { code, err, connections } = await run(VMS, ['--delete']);
    expect({ code, err, connections }).toMatchObject({ code: 2, connections: [] });
    expect(err).toContain('--yes');
  });

  test('--yes and --older-than', async () => {
    const { code, out, cloud } = await run(VMS, ['--delete', '--yes', '--older-than', '0s']);
    expect({ code, removed: cloud.removed() }).toEqual({
      code: 0,
      removed: ['remove a key-a', 'remove b key-b'],
    });
    expect(out).toContain('2 VMs deleted, 0 left alone, 0 failed.');
  });

  test.each([
    ['there is no store', (): string => join(stores.make(), 'nowhere'), 2, 'there is no machine store'],
    ['a configuration is broken', (): string => stores.make({ web: '{' }), 1, 'cannot be understood'],
  ])('%s: nothing is deleted', async (_, store, code, text) => {
    const result = await run(VMS, ['--delete', '--yes'], { store: store() });
    expect({ code: result.code, removed: result.cloud.removed() }).toEqual({ code, removed: [] });
    expect(result.out).toContain(text);
  });

  test('one that fails is exit code 1, and the others are deleted', async () => {
    const before = (call: string): void => {
      if (call.startsWith('remove a')) throw new Error('no');
    };
    const vms = [...VMS, marked('c', LATE)];
    const { code, out, cloud } = await run(vms, ['--delete', '--yes'], { before });
    expect({ code, left: cloud.vms.map(({ id }) => id) }).toEqual({ code: 1, left: ['a', 'b'] });
    expect(out).toContain('1 VM deleted, 0 left alone, 1 failed.');
    expect(cloud.calls.at(-1)).toBe('close');
  });

  test('Ctrl-C: what was done and what was not is said', async () => {
    const stopper = new AbortController();
    const before: FakeCloud['before'] = async (call, { signal }) => {
      if (call.startsWith('remove n1')) stopper.abort();
      else if (/^read n[2-9]/.test(call)) await aborted(signal);
      // The first is gone before the second is touched.
      else if (call === 'read n1') await aborted(first.signal);
      else if (call.startsWith('remove n0')) first.abort();
    };
    const first = new AbortController();
    const vms = Array.from({ length: 8 }, (_, number) => marked(`n${number}`, LATE));
    const { code, out, cloud } = await run(vms, ['--delete', '--yes'], { before, stop: stopper.signal });
    expect({ code, left: cloud.vms.length }).toEqual({ code: 130, left: 7 });
    expect(out).toContain('1 VM deleted, 0 left alone, 5 failed.\nwarning: interrupted; 2 not begun');
  });

  test('a cloud that cannot be asked is exit code 1', async () => {
    const before = (): void => {
      throw new OperationError({ code: 'unreachable', attempted: 'list the VMs', problem: 'no route' });
    };
    const { code, err, cloud } = await run(VMS, ['--delete', '--yes'], { before });
    expect({ code, err, calls: cloud.calls }).toEqual({
      code: 1,
      err: 'list the VMs: no route\n',
      calls: ['list', 'close'],
    });
  });
});
