import { createContainerGuests } from '../../../../src/simulator/guests/container/index.js';
import { OWNER_LABEL } from '../../../../src/simulator/guests/container/labels.js';
import { processIdentity } from '../../../../src/process/index.js';
import { silentLogger, systemClock } from '../../../../src/support/index.js';
import { FakeEngine } from './fake-engine.js';

const shared = { clock: systemClock, logger: silentLogger };

describe('without a usable engine', () => {
  test.each([
    ['no socket', 'unix:///nowhere/docker.sock', 'unreachable', 'Start a Docker engine'],
    ['nobody listens', 'tcp://127.0.0.1:1', 'unreachable', 'Start a Docker engine'],
    ['no address', 'npipe:////./pipe/docker', 'invalid-input', 'neither unix:///PATH nor tcp://HOST:PORT'],
  ])('%s: one line says what to do', async (_, dockerHost, code, advice) => {
    const made = createContainerGuests({ ...shared, dockerHost });
    await expect(made).rejects.toMatchObject({ code });
    await expect(made).rejects.toThrow(advice);
    await expect(made).rejects.not.toThrow(/\n/);
  });

  test('the process goes on warning of what is deprecated', async () => {
    const silenced = process.noDeprecation === true;
    await expect(createContainerGuests({ ...shared, dockerHost: 'tcp://127.0.0.1:1' })).rejects.toThrow();
    expect(process.noDeprecation === true).toBe(silenced);
  });
});

describe('with an engine', () => {
  let engine: FakeEngine;

  beforeEach(async () => {
    engine = await new FakeEngine().start();
  });
  afterEach(async () => {
    await engine.stop();
  });

  test('that lacks the image: says how to make it', async () => {
    engine.hasImage = false;
    const made = createContainerGuests({ ...shared, dockerHost: engine.dockerHost });
    await expect(made).rejects.toThrow('it has no image prism-simulator-guest:latest');
    await expect(made).rejects.toThrow('make guest-image');
  });

  test.each([
    ['an older image', { 'prism-simulator.hardware': '0' }],
    ['an image of something else', null],
  ])('that has %s by that name: says so', async (_, labels) => {
    engine.imageLabels = labels;
    const made = createContainerGuests({ ...shared, dockerHost: engine.dockerHost });
    await expect(made).rejects.toThrow('its image prism-simulator-guest:latest is of another version');
    await expect(made).rejects.toThrow('make guest-image');
  });

  test('what owners that have gone left behind is removed, and nothing else', async () => {
    const [machine = '', boot = '', namespace = ''] = processIdentity().split('/');
    const gone = `${machine}/${boot}/${namespace}/999999999/1`;
    const leave = (name: string, labels: Record<string, string>): void => {
      engine.containers.set(name, { labels, created: {}, running: true, exitCode: 0, waiting: [] });
      engine.volumes.set(`${name}-volume`, labels);
      engine.networks.set(`${name}-network`, labels);
    };
    leave('gone', { [OWNER_LABEL]: gone });
    leave('alive', { [OWNER_LABEL]: processIdentity() });
    leave('elsewhere', { [OWNER_LABEL]: `elsewhere/${boot}/${namespace}/1/1` });
    leave('foreign', { other: 'label' });
    const backend = await createContainerGuests({ ...shared, dockerHost: engine.dockerHost });
    expect([...engine.containers.keys()]).toEqual(['alive', 'elsewhere', 'foreign']);
    expect([...engine.volumes.keys()]).toEqual(['alive-volume', 'elsewhere-volume', 'foreign-volume']);
    expect(engine.networks.size).toBe(3);
    await backend.close();
    expect(engine.left()).toHaveLength(9);
  });

  test("two simulators on it keep out of each other's way", async () => {
    const [one, other] = await Promise.all([
      createContainerGuests({ ...shared, dockerHost: engine.dockerHost }),
      createContainerGuests({ ...shared, dockerHost: engine.dockerHost }),
    ]);
    const spec = {
      vmUuid: '0f3c5a1e-1111-4222-8333-444455556666',
      name: 'web-1',
      userData: undefined,
      metaData: undefined,
      memoryMiB: 1024,
      cpus: 1,
      nics: [],
      disks: [],
    };
    const events = { addressLearned: () => undefined, poweredOff: () => undefined };
    await one.powerOn(spec, events);
    await other.powerOn(spec, events);
    await one.close();
    expect(engine.containers.size).toBe(1);
    expect(engine.only.running).toBe(true);
    await other.close();
    expect(engine.left()).toEqual([]);
  });
});
