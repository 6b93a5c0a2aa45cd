import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listeningSocket } from '../../src/process/listening-socket.js';

const ROOT = join(__dirname, '..', '..');
const BUN = join(ROOT, 'node_modules', '.bin', 'bun');
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'listening-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a program in the packaged runtime prints as JSON; it has `path`, `listeningSocket` and Node's `fs` and `net`. */
async function printed(path: string, program: string): Promise<unknown> {
  const begin = `import * as fs from 'node:fs'; import * as net from 'node:net'; import { once } from 'node:events';
    import { listeningSocket } from './src/process/listening-socket.ts';
    const path = ${JSON.stringify(path)};
    const descriptors = () => fs.readdirSync('/proc/self/fd').length;`;
  const { stdout } = await promisify(execFile)(BUN, ['-e', `${begin}\n${program}\nprocess.exit();`], {
    cwd: ROOT,
  });
  return JSON.parse(stdout);
}

test('Node cannot call the C library: there is none, and nothing at the path', () => {
  expect(listeningSocket(join(folder, 'socket'))).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

onLinux(
  'a server takes it with the client that has come before, and no program that is started inherits it',
  async () => {
    const program = `
    process.umask(0o177);
    const fd = listeningSocket(path);
    const mode = fs.statSync(path).mode & 0o777;
    const [, flags] = /^flags:\\s*(\\d+)/m.exec(fs.readFileSync('/proc/self/fdinfo/' + fd, 'utf8'));
    const closedOnExec = (parseInt(flags, 8) & 0o2000000) !== 0;
    const client = net.connect(path);
    await once(client, 'connect');
    client.write('early');
    const server = net.createServer((socket) => socket.pipe(socket)).listen({ fd });
    const [answer] = await once(client, 'data');
    console.log(JSON.stringify({ mode, closedOnExec, answer: answer.toString() }));`;
    expect(await printed(join(folder, 'socket'), program)).toEqual({
      mode: 0o600,
      closedOnExec: true,
      answer: 'early',
    });
  },
);

onLinux.each([
  ['a folder that is not there', 'missing/socket'],
  ['a path at which something is', 'taken'],
  ['a path that is too long', 'x'.repeat(200)],
])('%s: there is none, and nothing is left', async (_, name) => {
  writeFileSync(join(folder, 'taken'), 'kept');
  const program = `
    listeningSocket(path);
    const before = descriptors();
    const refused = [listeningSocket(path), listeningSocket(path)].every((one) => one === undefined);
    console.log(JSON.stringify({ refused, more: descriptors() - before }));`;
  expect(await printed(join(folder, name), program)).toEqual({ refused: true, more: 0 });
  expect(readdirSync(folder)).toEqual(['taken']);
});
