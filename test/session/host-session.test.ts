import { OperationError, type ErrorCode } from '../../src/support/index.js';
import { aborted } from './fake-hosts.js';
import { SessionScene, STAYS } from './memory-host.js';

function fault(code: ErrorCode, problem = 'no answer'): OperationError {
  return new OperationError({ code, attempted: 'ask the cloud', problem });
}

describe('operations', () => {
  test('run one after the other, also after one that failed', async () => {
    const { session, hosts } = new SessionScene();
    const order: string[] = [];
    let fail = (): void => undefined;
    hosts.acts.start = async () => {
      order.push('start begins');
      await new Promise<void>((resolve) => (fail = resolve));
      order.push('start fails');
      throw fault('task-failed');
    };
    hosts.acts.kill = () => Promise.resolve(void order.push('kill'));
    const start = session.start(STAYS).catch((error: unknown) => error);
    const kill = session.kill(STAYS);
    while (order.length === 0) await Promise.resolve();
    fail();
    expect(await start).toMatchObject({ code: 'task-failed' });
    await kill;
    expect(order).toEqual(['start begins', 'start fails', 'kill']);
  });

  test('share one connection, and say once what there is to say of the credentials', async () => {
    const scene = new SessionScene();
    scene.warning = 'The password is in a file that others can read.';
    await scene.session.kill(STAYS);
    await scene.session.start(STAYS);
    expect(scene).toMatchObject({ opened: 1, lines: [scene.warning] });
  });

  test('after refused credentials the next operation looks them up anew; the error says where they are', async () => {
    const scene = new SessionScene();
    scene.hosts.acts.kill = () => Promise.reject(fault('unauthenticated'));
    const advice = 'The credentials are kept elsewhere.';
    await expect(scene.session.kill(STAYS)).rejects.toMatchObject({ code: 'unauthenticated', advice });
    delete scene.hosts.acts.kill;
    await scene.session.kill(STAYS);
    expect(scene).toMatchObject({ opened: 2, closed: 1 });
  });

  test('keep what was found out of the API, also when they fail', async () => {
    const scene = new SessionScene();
    scene.spokenApi = 'v4 vmm=4.1';
    scene.hosts.acts.kill = () => Promise.reject(fault('task-failed'));
    await expect(scene.session.kill(STAYS)).rejects.toThrow();
    expect(scene.store.record.spokenApi).toBe('v4 vmm=4.1');
  });

  test('tell that a host is reached at another address than before', async () => {
    const scene = new SessionScene();
    scene.hosts.addresses = ['192.0.2.77'];
    await scene.session.start(STAYS);
    expect(scene.moves).toEqual(['192.0.2.10 -> 192.0.2.77']);
    expect(scene.session.addresses.known).toBe('192.0.2.77');
  });

  test('a host without an identity is removed without signing in', async () => {
    const scene = new SessionScene({ identity: { name: 'web-1' } });
    await scene.session.remove(STAYS);
    expect(scene).toMatchObject({ opened: 0, hosts: { calls: [] } });
  });
});

describe('the end of a session', () => {
  test('aborts what runs, with its reason, and refuses what comes later', async () => {
    const { session, hosts } = new SessionScene();
    hosts.acts.start = async (context) => {
      await aborted(context);
      throw OperationError.from(context.signal.reason, 'start');
    };
    const running = session.start(STAYS).catch((error: unknown) => error);
    while (hosts.calls.length === 0) await Promise.resolve();
    const reason = fault('cancelled', 'the process ends');
    expect(await session.end(reason, 60_000)).toBe(true);
    expect(await running).toBe(reason);
    await expect(session.kill(STAYS)).rejects.toBe(reason);
  });

  test('says when an operation goes on beyond the time it is given', async () => {
    const { session, hosts } = new SessionScene();
    let over = (): void => undefined;
    hosts.acts.kill = () => new Promise((resolve) => (over = () => resolve(undefined)));
    const running = session.kill(STAYS);
    while (hosts.calls.length === 0) await Promise.resolve();
    expect(await session.end(fault('cancelled'), 0)).toBe(false);
    over();
    await running;
  });
});

describe('the state', () => {
  test('calls in one breath share a request, and for a second its answer', async () => {
    const scene = new SessionScene();
    const { observation } = scene.session;
    const states = await Promise.all([observation.state(STAYS), observation.state(STAYS)]);
    scene.now = 1_000;
    await observation.state(STAYS);
    expect(states).toEqual([{ state: 'running' }, { state: 'running' }]);
    expect(scene.hosts.methods).toEqual(['observe']);
    scene.now = 1_001;
    await observation.state(STAYS);
    expect(scene.hosts.methods).toEqual(['observe', 'observe']);
  });

  test('without the cloud a guest that answers runs; else the error says what was seen last', async () => {
    const scene = new SessionScene({ lastState: 'stopped' });
    scene.hosts.acts.observe = () => Promise.reject(fault('unreachable'));
    scene.guestIsUp = true;
    expect(await scene.session.observation.state(STAYS)).toMatchObject({ state: 'running' });
    scene.guestIsUp = false;
    scene.now = 5_000;
    const state = scene.session.observation.state(STAYS);
    await expect(state).rejects.toThrow(/it was stopped when last seen/);
    await expect(state).rejects.toMatchObject({ code: 'unreachable' });
    expect(scene.probed).toEqual(['192.0.2.10', '192.0.2.10']);
  });

  test('what an operation has just done needs no cloud, for a minute', async () => {
    const scene = new SessionScene();
    await scene.session.kill(STAYS);
    scene.hosts.acts.observe = () => Promise.reject(fault('unreachable'));
    expect(await scene.session.observation.state(STAYS)).toMatchObject({ state: 'stopped' });
    scene.now = 60_000;
    await expect(scene.session.observation.state(STAYS)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
