import { holdTcp, openTcp, probeTcp } from '../../src/guest/tcp-connection.js';
import { standStill } from '../support/stand-still.js';
import { startTcpServer, unusedPort } from './ssh-server.js';

const HOST = '127.0.0.1';
const never = new AbortController().signal;
const soon = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 50));

let server: Awaited<ReturnType<typeof startTcpServer>>;
beforeEach(async () => (server = await startTcpServer('SSH-2.0-x\r\n')));
afterEach(async () => await server.close());

describe('one attempt to connect', () => {
  it('finds somebody', async () => expect(await probeTcp(HOST, server.port, never)).toBe('connected'));

  it('succeeds when the computer stood still for longer than its limit, and the peer was there', async () => {
    const attempt = openTcp(HOST, server.port, never, 20);
    standStill(50);
    const { state } = await attempt;
    expect(state).toBe('connected');
  });

  it('is refused where nobody listens', async () => {
    expect(await openTcp(HOST, await unusedPort(), never)).toEqual({
      state: 'refused',
      seen: 'connection refused',
    });
  });

  it('says why there is no way to an address', async () => {
    expect(await openTcp('255.255.255.255', 1, never)).toMatchObject({ state: 'silent' });
  });

  it('is not begun on an aborted signal', async () => {
    const reason = new Error('stopped');
    await expect(openTcp(HOST, server.port, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const attempt = openTcp(HOST, server.port, controller.signal);
    const reason = new Error('stopped');
    controller.abort(reason);
    await expect(attempt).rejects.toBe(reason);
  });
});

describe('a connection that is held', () => {
  it('is lost when its peer goes away, though it was never read', async () => {
    const held = await holdTcp(HOST, server.port, never);
    await soon();
    expect(held?.lost).toBe(false);
    server.drop();
    while (held?.lost === false) await soon();
    expect(held?.lost).toBe(true);
  });

  it('can be let go', async () => {
    const held = await holdTcp(HOST, server.port, never);
    held?.release();
    while (held?.lost === false) await soon();
    expect(held?.lost).toBe(true);
  });

  it('does not come about where nobody listens', async () => {
    expect(await holdTcp(HOST, await unusedPort(), never)).toBeUndefined();
  });
});
