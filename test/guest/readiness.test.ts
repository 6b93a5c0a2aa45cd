import {
  cloudInitReadiness,
  mountReadiness,
  sshReadiness,
  type GuestLogin,
  type ReadinessProbe,
} from '../../src/guest/index.js';
import { openSsh } from '../../src/guest/ssh-session.js';
import { OperationError } from '../../src/support/index.js';
import {
  newKeyPair,
  startSshServer,
  startTcpServer,
  unusedPort,
  type Answer,
  type SshServer,
} from './ssh-server.js';

let keys = { private: '', public: '' };
let otherKey = '';
beforeAll(async () => {
  keys = await newKeyPair();
  otherKey = (await newKeyPair()).private;
});
const never = new AbortController().signal;
const HOST = '127.0.0.1';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => await server.close()));
});

async function serve(answer?: (command: string) => Answer): Promise<SshServer> {
  const server = await startSshServer({
    user: 'root',
    publicKey: keys.public,
    ...(answer === undefined ? {} : { answer }),
  });
  open.push(server);
  return server;
}

const loginAt = (port: number, change: Partial<GuestLogin> = {}): GuestLogin => ({
  user: 'root',
  port,
  privateKey: keys.private,
  ...change,
});

describe('SSH readiness', () => {
  it('is there when the server takes our key', async () => {
    const { port } = await serve();
    expect(await sshReadiness(loginAt(port)).probe(HOST, never)).toEqual({ ready: true });
  });

  it('leaves no connection open', async () => {
    const server = await serve();
    await sshReadiness(loginAt(server.port)).probe(HOST, never);
    while (server.connections() > 0) await new Promise(setImmediate);
  });

  it.each<[string, () => Promise<number>, Partial<GuestLogin> | 'other key', ReadinessProbe]>([
    ['nobody listens', unusedPort, {}, { ready: false, reachable: false, seen: 'connection refused' }],
    [
      'the key is not ours',
      async () => (await serve()).port,
      'other key',
      {
        ready: false,
        reachable: true,
        seen: 'SSH answers, but does not yet accept the key of user "root"',
        pause: 10_000,
      },
    ],
    [
      'the user is not known',
      async () => (await serve()).port,
      { user: 'deploy' },
      {
        ready: false,
        reachable: true,
        seen: 'SSH answers, but does not yet accept the key of user "deploy"',
        pause: 10_000,
      },
    ],
    [
      'the port is open and says nothing',
      async () => await tcp('nothing'),
      { loginTimeout: 100 },
      { ready: false, reachable: true, seen: 'the port is open, but no SSH login came about' },
    ],
    [
      'the port belongs to something else',
      async () => await tcp('HTTP/1.1 400 Bad Request\r\n\r\n'),
      { loginTimeout: 100 },
      { ready: false, reachable: true, seen: 'the port is open, but no SSH login came about' },
    ],
  ])('is not there when %s', async (_case, listen, change, expected) => {
    const port = await listen();
    const login = loginAt(port, change === 'other key' ? { privateKey: otherKey } : change);
    expect(await sshReadiness(login).probe(HOST, never)).toEqual(expected);
  });

  it('is not there when the server hangs up', async () => {
    const port = await tcp('hang up');
    expect(await sshReadiness(loginAt(port)).probe(HOST, never)).toMatchObject({
      ready: false,
      reachable: true,
    });
  });

  it('is not there when the server hangs up at the login', async () => {
    const server = await startSshServer({ user: 'root', publicKey: keys.public, hangsUp: true });
    open.push(server);
    const look = await sshReadiness(loginAt(server.port)).probe(HOST, never);
    expect(look).toMatchObject({ ready: false, reachable: true, pause: undefined });
  });

  it('ends with the reason of its signal in the middle of a login', async () => {
    const port = await tcp('nothing');
    const controller = new AbortController();
    const look = sshReadiness(loginAt(port)).probe(HOST, controller.signal);
    const reason = new OperationError({ code: 'cancelled', attempted: 'create', problem: 'stopped' });
    setTimeout(() => controller.abort(reason), 30);
    await expect(look).rejects.toBe(reason);
  });
});

describe('cloud-init readiness', () => {
  const at = (port: number) => cloudInitReadiness(loginAt(port));

  it.each<[string, Answer, ReadinessProbe]>([
    ['done', { code: 0, stdout: 'status: done\n' }, { ready: true }],
    [
      'running',
      { code: 0, stdout: 'status: running\n' },
      { ready: false, reachable: true, seen: 'cloud-init: running' },
    ],
    [
      'not installed',
      { code: 127, stderr: 'sh: 1: cloud-init: not found\n' },
      {
        ready: true,
        note: 'the guest has no cloud-init: an SSH login works, so the machine counts as ready.',
      },
    ],
    [
      'degraded',
      {
        code: 2,
        stdout: 'status: done\nextended_status: degraded done\nrecoverable_errors:\nWARNING:\n\t- x\n',
      },
      {
        ready: true,
        note: 'cloud-init ended with recoverable errors: WARNING: - x',
      },
    ],
  ])('says what it saw when cloud-init is %s', async (_case, answer, expected) => {
    const server = await serve(() => answer);
    expect(await at(server.port).probe(HOST, never)).toEqual(expected);
    expect(server.commands).toEqual(['LC_ALL=C cloud-init status --long']);
  });

  it('fails with the words of a cloud-init that ended in error', async () => {
    const stdout = 'status: error\ndetail:\n(\'scripts-user\', RuntimeError("Runparts: 1 failures"))\n';
    const { port } = await serve(() => ({ code: 1, stdout }));
    await expect(at(port).probe(HOST, never)).rejects.toMatchObject({
      code: 'task-failed',
      message: expect.stringContaining('Runparts: 1 failures') as unknown,
    });
  });

  it('looks again when the connection breaks in the middle, as at a reboot', async () => {
    const { port } = await serve(() => 'break');
    expect(await at(port).probe(HOST, never)).toEqual({
      ready: false,
      reachable: true,
      seen: 'the SSH connection was closed',
    });
  });

  it('ends with the reason of its signal in the middle of a command', async () => {
    const { port } = await serve(() => 'hang');
    const controller = new AbortController();
    const look = at(port).probe(HOST, controller.signal);
    const reason = new Error('not one of ours');
    setTimeout(() => controller.abort(reason), 100);
    await expect(look).rejects.toBe(reason);
  });

  it('is not drowned by a guest that talks without end', async () => {
    const { port } = await serve(() => ({ code: 0, stdout: `status: done\n${'x'.repeat(1_000_000)}` }));
    expect(await at(port).probe(HOST, never)).toEqual({ ready: true });
    const attempt = await openSsh({ host: HOST, ...loginAt(port) }, never);
    if (!attempt.open) throw new Error(attempt.seen);
    const { stdout } = await attempt.session.run('x', never);
    attempt.session.close();
    expect(stdout.length).toBeLessThan(200_000);
  });

  it('gives a command its input, and the caller all output as it comes', async () => {
    const { port } = await serve(() => ({ code: 0, stdout: 'x'.repeat(100_000), stderr: 'y' }));
    const attempt = await openSsh({ host: HOST, ...loginAt(port) }, never);
    if (!attempt.open) throw new Error(attempt.seen);
    let output = '';
    const onOutput = (text: string): void => void (output += text);
    const { code } = await attempt.session.run('sh', never, { limit: Infinity, input: 'script', onOutput });
    attempt.session.close();
    expect({ code, length: output.length }).toEqual({ code: 0, length: 100_001 });
  });

  it('gives up a command that does not end', async () => {
    const { port } = await serve(() => 'hang');
    const attempt = await openSsh({ host: HOST, ...loginAt(port) }, never);
    if (!attempt.open) throw new Error(attempt.seen);
    await expect(attempt.session.run('sleep 1d', never, { limit: 100 })).rejects.toThrow(
      'no answer to `sleep 1d` within 0.1 s',
    );
    attempt.session.close();
  });
});

describe('mount readiness', () => {
  const at = (port: number) => mountReadiness(loginAt(port), ['/var/lib/docker', '/data']);
  const mounts = (...paths: string[]): Answer => ({
    code: 0,
    stdout: ['/', ...paths].map((path) => `/dev/sdb ${path} xfs rw 0 0\n`).join(''),
  });

  it('is there when every path is mounted', async () => {
    const { port } = await serve(() => mounts('/data', '/var/lib/docker'));
    expect(await at(port).probe(HOST, never)).toEqual({ ready: true });
  });

  it('fails when one is not, and names it', async () => {
    const { port } = await serve(() => mounts('/data', '/var/lib/docker2'));
    await expect(at(port).probe(HOST, never)).rejects.toThrow('nothing is mounted at /var/lib/docker after');
  });

  it('says so when it cannot be seen', async () => {
    const { port } = await serve(() => ({ code: 1, stderr: 'cat: /proc/mounts: No such file or directory' }));
    expect(await at(port).probe(HOST, never)).toMatchObject({
      ready: true,
      note: 'Could not check that /var/lib/docker, /data is mounted.',
    });
  });
});

async function tcp(greeting: string): Promise<number> {
  const server = await startTcpServer(greeting);
  open.push(server);
  return server.port;
}
