import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../src/agent/index.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'start-agent-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function openFolder(place: string): void {
  mkdirSync(place);
  chmodSync(place, 0o755);
}

test.each([
  ['is open to others', openFolder],
  ['is a link to another one', (place: string) => symlinkSync(folder, place)],
])('a folder that %s is left as it is', async (_, make) => {
  const place = join(folder, 'place');
  make(place);
  const before = readdirSync(place);
  await startAgent('/bin/false', join(place, 'socket'), {});
  expect(readdirSync(place)).toEqual(before);
});

test('who starts an agent makes its folder, and keeps others from it', async () => {
  const place = join(folder, 'place');
  await startAgent('/bin/false', join(place, 'socket'), {});
  expect(readdirSync(place)).toEqual(['socket.start']);
});
