import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const BUN = join(__dirname, '../../node_modules/.bin/bun');

test('a program ends when its reader, however slow, has all that it printed', async () => {
  const child = spawn(BUN, [join(__dirname, 'printing-program.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  // Nothing is read before the program has asked for its end.
  await Promise.race([once(child.stderr, 'data'), ended]);
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await once(child, 'close');
  expect([bytes, child.exitCode]).toEqual([400_001, 3]);
});

test('a program whose reader is gone ends, too', async () => {
  const child = spawn(BUN, [join(__dirname, 'printing-program.ts')], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.destroy();
  await once(child, 'exit');
  expect(child.exitCode).toBe(3);
});
