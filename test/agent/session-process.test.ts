import { setImmediate as turn } from 'node:timers/promises';
import { FrameReader } from '../../src/agent/frames.js';
import type { LauncherConnection } from '../../src/agent/launcher-server.js';
import { SessionProcess } from '../../src/agent/session-process.js';

const HELLO = { folder: '/', network: '', client: process.pid, arguments: [], environment: {} };

/** Keeps which frames were written at a time. */
class Writes implements LauncherConnection {
  readonly isOpen = true;
  readonly isFull = false;
  readonly all: string[] = [];

  write(bytes: Uint8Array): void {
    const frames = new FrameReader().take(Buffer.from(bytes));
    this.all.push(frames.map(({ type }) => type).join(''));
  }

  end(): void {
    this.all.push('end');
  }

  destroy(): void {
    this.all.push('destroyed');
  }

  pause(): void {
    this.all.push('paused');
  }

  resume(): void {
    this.all.push('resumed');
  }
}

/** A session whose client is connected; what it answers is written. */
function connected(): { writes: Writes; session: SessionProcess; answer: (text: string) => void } {
  const writes = new Writes();
  const session = new SessionProcess(HELLO, writes);
  let answer = (text: string): void => expect(text).toBe('a client');
  session.clients.take((connection) => (answer = (text) => void connection.write(text)));
  session.receive({ type: 'O', bytes: Buffer.alloc(32) });
  return { writes, session, answer: (text) => answer(text) };
}

test('an answer goes out at once; of a session that will end, with the exit code behind it', async () => {
  const { writes, session, answer } = connected();
  answer('first');
  await Promise.resolve();
  expect(writes.all).toEqual(['D']);
  session.willEnd();
  answer('last');
  await Promise.resolve();
  expect(writes.all).toEqual(['D']);
  await session.exit(0);
  expect(writes.all).toEqual(['D', 'DX', 'end']);
});

test('an answer of a session whose end takes its time is not kept until then', async () => {
  const { writes, session, answer } = connected();
  session.willEnd();
  answer('last');
  await turn();
  expect(writes.all).toEqual(['D']);
});
