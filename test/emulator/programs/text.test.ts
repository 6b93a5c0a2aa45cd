import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
beforeEach(() => ({ system } = runningSystem()));

test('sed -i changes the file and keeps its owner and mode', async () => {
  const { out } = await run(
    system,
    'echo "127.0.1.1 old" > /tmp/h; chmod 600 /tmp/h; sed -i "s/^127.0.1.1\\s.*/127.0.1.1 new/g" /tmp/h; cat /tmp/h; stat -c %a /tmp/h',
  );
  expect(out).toBe('127.0.1.1 new\n600\n');
});

test('sed -i.bak keeps the old text', async () => {
  const { out } = await run(system, 'echo a > /tmp/f; sed -i.bak s/a/b/ /tmp/f; cat /tmp/f /tmp/f.bak');
  expect(out).toBe('b\na\n');
});

test('a shell whose output nobody reads any more ends', async () => {
  expect(await run(system, 'while :; do echo y; done | head -n 1')).toMatchObject({ out: 'y\n', status: 0 });
});

test('the reader of a pipe may leave early', async () => {
  expect(await run(system, 'seq 1 5000 | head -n 2')).toMatchObject({ out: '1\n2\n', status: 0 });
});
