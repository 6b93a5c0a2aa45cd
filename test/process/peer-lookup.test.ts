import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { quickPeerLookUp } from '../../src/process/peer-lookup.js';
import { peerUser } from '../../src/process/peer-user.js';

const ROOT = join(__dirname, '..', '..');

test('where the runtime cannot ask the kernel, the table is read', () => {
  expect(quickPeerLookUp()).toBe(peerUser);
});

/** In the packaged runtime: what both ways say of an open connection, of one that is closed, and of ends that are none. */
const PROGRAM = `
  import { connect, createServer } from 'node:net';
  import { once } from 'node:events';
  import { quickPeerLookUp } from './src/process/peer-lookup.ts';
  import { peerUser } from './src/process/peer-user.ts';
  const quick = quickPeerLookUp();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(server.address().port, '127.0.0.1');
  const [socket] = await once(server, 'connection');
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  const ends = { remoteAddress, remotePort, localAddress, localPort };
  const both = (of) => [quick(of), peerUser(of)];
  const open = both(ends);
  const again = both(ends);
  client.destroy();
  await once(socket, 'close');
  const strange = [both({ ...ends, remoteAddress: '::1' }), both({ ...ends, remotePort: undefined })];
  console.log(JSON.stringify({ isQuick: quick !== peerUser, open, again, closed: both(ends), strange }));
  process.exit();
`;

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('asked of the kernel, the owner is the one of its table', async () => {
  const bun = join(ROOT, 'node_modules', '.bin', 'bun');
  const { stdout } = await promisify(execFile)(bun, ['-e', PROGRAM], { cwd: ROOT });
  const own = { uid: process.getuid?.() };
  expect(JSON.parse(stdout)).toEqual({
    isQuick: true,
    open: [own, own],
    again: [own, own],
    closed: ['gone', 'gone'],
    strange: [
      ['gone', 'gone'],
      ['gone', 'gone'],
    ],
  });
});
