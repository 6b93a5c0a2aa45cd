import { guestAnswers } from '../../src/host/index.js';
import { standStill } from '../support/stand-still.js';
import { startTcpServer, unusedPort } from '../guest/ssh-server.js';

const { signal } = new AbortController();

describe('a guest answers', () => {
  it('when it accepts a connection at any of the ports', async () => {
    const server = await startTcpServer('nothing');
    expect(await guestAnswers('127.0.0.1', [await unusedPort(), server.port], signal)).toBe(true);
    await server.close();
  });

  it('when it did while this computer stood still', async () => {
    const server = await startTcpServer('nothing');
    const answers = guestAnswers('127.0.0.1', [server.port], signal);
    standStill(1_100);
    expect(await answers).toBe(true);
    await server.close();
  });

  it('not when it refuses', async () => {
    expect(await guestAnswers('127.0.0.1', [await unusedPort(), await unusedPort()], signal)).toBe(false);
  });

  it('not when nothing is heard of it', async () => {
    // TEST-NET-1: routed nowhere, or refused at once where there is no route.
    expect(await guestAnswers('192.0.2.1', [22, 2376], signal)).toBe(false);
  });

  it('and nobody waits any more when the client is gone', async () => {
    const reason = new Error('gone');
    await expect(guestAnswers('192.0.2.1', [22], AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
