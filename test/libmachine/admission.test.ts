import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { peerRefusal } from '../../src/libmachine/plugin/admission.js';
import { peerUser } from '../../src/process/peer-user.js';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const V6 = '0000000000000000FFFF0000';
/** 127.0.0.1:40000 is the peer, 127.0.0.1:33000 is us. */
const ENDS = { remoteAddress: '127.0.0.1', remotePort: 40_000, localAddress: '127.0.0.1', localPort: 33_000 };
const PEER = '0100007F:9C40';
const OWN = '0100007F:80E8';

function row(local: string, remote: string, uid: number, inode = 4711): string {
  return `   7: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 00000000 20 0 0 10 -1\n`;
}

function tables(tcp: string, tcp6 = '') {
  return (path: string): string[] => [HEAD, path.endsWith('6') ? tcp6 : tcp];
}

describe('the owner of a connection', () => {
  test('is in the row with the ends the other way round', () => {
    const ours = row(OWN, PEER, 0);
    expect(peerUser(ENDS, tables(ours + row(PEER, OWN, 1000)))).toEqual({ uid: 1000 });
  });

  test('may be in the table of IPv6', () => {
    expect(peerUser(ENDS, tables('', row(V6 + PEER, V6 + OWN, 1001)))).toEqual({ uid: 1001 });
  });

  test('is not somebody with the same port on another address', () => {
    const other = row('0200007F:9C40', OWN, 0) + row(PEER, '0100007F:80E9', 0);
    expect(peerUser(ENDS, tables(other + row(PEER, OWN, 1002)))).toEqual({ uid: 1002 });
    expect(peerUser(ENDS, tables(other))).toBe('gone');
  });

  test('cannot pass for root by closing its socket', () => {
    expect(peerUser(ENDS, tables(row(PEER, OWN, 0, 0)))).toBe('gone');
  });

  test.each([1, 7, 50, 155, 200, 4096])('is found in a table that comes in pieces of %i', (size) => {
    const text =
      HEAD + row(OWN, PEER, 0) + row('0200007F:9C40', OWN, 7) + row(PEER, OWN, 1003, 100) + row(OWN, OWN, 1);
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(peerUser(ENDS, () => pieces)).toEqual({ uid: 1003 });
  });

  test('nothing more of the table is read once it is found', () => {
    let read = 0;
    function* pages(): Generator<string> {
      for (const page of [HEAD, row(OWN, PEER, 0), row(PEER, OWN, 1000), row(OWN, OWN, 0)]) {
        read += 1;
        yield page;
      }
    }
    expect(peerUser(ENDS, pages)).toEqual({ uid: 1000 });
    expect(read).toBe(3);
  });

  test('is hidden where there is no table', () => {
    const none = (): string[] => {
      throw new Error('ENOENT');
    };
    expect(peerUser(ENDS, none)).toBe('hidden');
  });

  test('of a real connection is this user', async () => {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const client = createConnection({ port, host: '127.0.0.1' });
    const socket = await accepted;
    expect(peerUser(socket)).toEqual({ uid: process.getuid?.() });
    const gone = new Promise((resolve) => client.once('close', resolve));
    client.destroy();
    await gone;
    expect(peerUser(socket)).toBe('gone');
    socket.destroy();
    server.close();
  });
});

describe('admission', () => {
  const clock = { now: () => 0, sleep: jest.fn(() => Promise.resolve()) };

  beforeEach(() => clock.sleep.mockClear());

  test.each([
    [{ uid: 1000 }, 1000, undefined],
    [{ uid: 0 }, 1000, undefined],
    [{ uid: 1001 }, 1000, 'it belongs to the user with the id 1001, not 1000'],
    [{ uid: 1000 }, 0, 'it belongs to the user with the id 1000, not 0'],
    ['hidden' as const, 1000, undefined],
  ])('%j for the plugin of user %p', async (user, own, refusal) => {
    await expect(peerRefusal(ENDS, clock, own, () => user)).resolves.toBe(refusal);
  });

  test('looks again when a row is missed, and refuses who cannot be found', async () => {
    const looks = ['gone' as const, 'gone' as const, { uid: 1000 }];
    await expect(peerRefusal(ENDS, clock, 1000, () => looks.shift() ?? 'gone')).resolves.toBeUndefined();
    expect(clock.sleep).toHaveBeenCalledTimes(2);
    await expect(peerRefusal(ENDS, clock, 1000, () => 'gone')).resolves.toBe('its owner could not be found');
  });
});
