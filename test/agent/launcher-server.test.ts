import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flood, PIECE, PIECES } from './flood.js';

const ROOT = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'launcher-server-'));
const atEnd: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(() => {
  for (const end of atEnd.reverse()) end();
});

/** In the packaged runtime, whose own sockets are used there. */
async function floodNatively(path: string): Promise<boolean> {
  const script = join(__dirname, 'flood.ts');
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'bun'), [script, path], { cwd: ROOT });
  atEnd.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return line.toString() === 'true\n';
}

describe.each([
  ['on streams', flood],
  ['on the packaged runtime’s sockets', floodNatively],
])('%s', (title, serve) => {
  const path = join(folder, title.slice(3, 8));

  test('a launcher that is slow gets everything in order, and the agent is told when there is room', async () => {
    expect(await serve(path)).toBe(true);
    const socket = connect(path);
    socket.write('go');
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    const all = Buffer.concat(pieces);
    const expected = Array.from({ length: PIECES }, (_, index) => Buffer.alloc(PIECE, index));
    expect(all.subarray(0, PIECES * PIECE).equals(Buffer.concat(expected))).toBe(true);
    expect(all.subarray(PIECES * PIECE).toString()).toBe(`waited ${PIECES}\n`);
  });

  test('a place that another one has is left to it', async () => {
    expect(await serve(path)).toBe(false);
    const socket = connect(path);
    await once(socket, 'connect');
    socket.destroy();
  });
});
