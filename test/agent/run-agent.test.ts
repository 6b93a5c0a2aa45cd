import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frame, FrameReader, type FrameType } from '../../src/agent/frames.js';
import { runAgent } from '../../src/agent/index.js';
import type { PluginProcess } from '../../src/libmachine/index.js';
import { HeldClock } from '../simulator/held-clock.js';

const NETWORK = statSync('/proc/self/ns/net').ino.toString(16);

/** An agent whose sessions are the test's own, and a launcher that speaks to it. */
class Served {
  readonly clock = new HeldClock();
  readonly folder = mkdtempSync(join(tmpdir(), 'run-agent-'));
  readonly socketPath = join(this.folder, 'socket');
  readonly over: Promise<number>;
  end: () => void = () => undefined;
  readonly sessions: PluginProcess[] = [];
  /** Name of the first signal that a session got. */
  readonly signalled: Promise<string>;
  #signalled: (name: string) => void = () => undefined;
  readonly #listening: Promise<void>;
  readonly #sockets: Socket[] = [];

  constructor() {
    writeFileSync(`${this.socketPath}.start`, '');
    this.signalled = new Promise((resolve) => (this.#signalled = resolve));
    let ready = (): void => undefined;
    this.#listening = new Promise((resolve) => (ready = resolve));
    this.over = runAgent({
      socketPath: this.socketPath,
      clock: this.clock,
      onReady: ready,
      onSignal: (listener) => (this.end = listener),
      serve: async (own) => {
        this.sessions.push(own);
        return await new Promise((resolve) =>
          own.onSignal((name, number) => {
            this.#signalled(name);
            resolve(number);
          }),
        );
      },
    });
  }

  async launcher(network = NETWORK, value = 'value'): Promise<Launcher> {
    await this.#listening;
    const socket = connect(this.socketPath);
    this.#sockets.push(socket);
    await once(socket, 'connect');
    const launcher = new Launcher(socket);
    launcher.tell('H', ['/', network, String(process.pid), '0', `NUTANIX_NAME=${value}`, ''].join('\0'));
    return launcher;
  }

  async dispose(): Promise<void> {
    this.end();
    for (const socket of this.#sockets) socket.destroy();
    const run = { isOver: false };
    void this.over.then(() => (run.isOver = true));
    while (!run.isOver) await this.clock.advance(2_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class Launcher {
  readonly heard: string[] = [];
  /** What was in these frames. */
  readonly #contents: Buffer[] = [];
  readonly over: Promise<unknown>;
  readonly #socket: Socket;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new FrameReader();
    socket.on('data', (bytes) => {
      for (const one of reader.take(bytes)) {
        this.heard.push(one.type);
        this.#contents.push(one.bytes);
      }
      this.#wake();
    });
    this.over = once(socket, 'close');
  }

  tell(type: FrameType, text = ''): void {
    this.#socket.write(frame(type, Buffer.from(text)));
  }

  /** Resolves with what is in the frame. */
  async hears(type: FrameType): Promise<Buffer | undefined> {
    while (!this.heard.includes(type)) await new Promise<void>((resolve) => (this.#wake = resolve));
    const index = this.heard.indexOf(type);
    this.heard.splice(index, 1);
    return this.#contents.splice(index, 1)[0];
  }

  leave(): void {
    this.#socket.destroy();
  }
}

let served: Served;
beforeEach(() => (served = new Served()));
afterEach(async () => await served.dispose());

test('one that listens is not being started any more', async () => {
  expect(existsSync(`${served.socketPath}.start`)).toBe(true);
  await served.launcher();
  expect(existsSync(`${served.socketPath}.start`)).toBe(false);
});

test('a launcher of another network namespace is told to do without an agent', async () => {
  const launcher = await served.launcher('1');
  await launcher.over;
  expect(launcher.heard).toEqual(['L']);
  expect(served.sessions).toEqual([]);
});

test('it answers whether it is there', async () => {
  const launcher = await served.launcher();
  launcher.tell('?');
  await launcher.hears('?');
});

test('a long line goes out in pieces as long as a launcher takes', async () => {
  const launcher = await served.launcher();
  launcher.tell('?');
  await launcher.hears('?');
  const line = `${'x'.repeat(10_000)}\n`;
  served.sessions[0]?.output(1).write(Buffer.from(line), false);
  for (const length of [4_096, 4_096, 1_809]) expect(await launcher.hears('1')).toHaveLength(length);
});

test('a session has the environment of its own launcher, also behind one that said the same', async () => {
  for (const value of ['one', 'one', 'two', 'one']) {
    const launcher = await served.launcher(NETWORK, value);
    launcher.tell('?');
    await launcher.hears('?');
  }
  const names = served.sessions.map(({ environment }) => environment['NUTANIX_NAME']);
  expect(names).toEqual(['one', 'one', 'two', 'one']);
});

test('a call that changes something begins when the launcher has agreed, and then others do at once', async () => {
  const launcher = await served.launcher();
  launcher.tell('?');
  await launcher.hears('?');
  const [session] = served.sessions;
  let begun = 0;
  const calls = [1, 2].map(async () => {
    await session?.beforeChange?.();
    begun += 1;
  });
  await launcher.hears('N');
  await launcher.hears('N');
  launcher.tell('?');
  await launcher.hears('?');
  expect(begun).toBe(0);
  launcher.tell('N');
  await Promise.all(calls);
  await session?.beforeChange?.();
  launcher.tell('?');
  await launcher.hears('?');
  expect(launcher.heard).toEqual([]);
});

test('a launcher that has given it up meanwhile lets no change begin', async () => {
  const launcher = await served.launcher();
  launcher.tell('?');
  await launcher.hears('?');
  const [session] = served.sessions;
  let hasBegun = false;
  void session?.beforeChange?.().then(() => (hasBegun = true));
  await launcher.hears('N');
  launcher.leave();
  expect(await served.signalled).toBe('SIGTERM');
  expect(hasBegun).toBe(false);
});

test('told to end, it gives away whom it has changed nothing for, and aborts the others', async () => {
  const [asking, changing] = [await served.launcher(), await served.launcher()];
  for (const launcher of [asking, changing]) {
    launcher.tell('?');
    await launcher.hears('?');
  }
  const change = served.sessions[1]?.beforeChange?.();
  await changing.hears('N');
  changing.tell('N');
  await change;
  served.end();
  await Promise.all([asking.over, changing.over]);
  expect(asking.heard).not.toContain('X');
  expect(changing.heard).toContain('X');
});

test('idle, it takes its socket away and still serves who came before', async () => {
  const first = await served.launcher();
  first.tell('?');
  await first.hears('?');
  first.leave();
  await first.over;
  await served.clock.advance(310_000);
  expect(existsSync(served.socketPath)).toBe(false);
  expect(await served.over).toBe(0);
});

test('a folder that others can look into is used no longer', async () => {
  await served.launcher();
  chmodSync(served.folder, 0o755);
  await served.clock.advance(2_000);
  expect(existsSync(served.socketPath)).toBe(false);
});
