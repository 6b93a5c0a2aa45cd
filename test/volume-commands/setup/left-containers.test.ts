import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineApi } from '../../../src/volume-commands/setup/engine-api.js';
import { startLeftContainers } from '../../../src/volume-commands/setup/left-containers.js';
import { SteppedClock } from '../../support/stepped-clock.js';
import { MOUNT_ERROR, ServedEngine, type Served } from './served-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'left-containers-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('containers that the engine left down for want of a volume', () => {
  let engine: ServedEngine;
  let clock: SteppedClock;
  let lines: string[];
  let stop: AbortController;

  beforeEach(async () => {
    engine = new ServedEngine(join(folder, 'engine.sock'));
    await engine.open();
    clock = new SteppedClock();
    lines = [];
    stop = new AbortController();
    setMaxListeners(0, stop.signal);
  });
  afterEach(async () => await engine.close());

  const work = async (): Promise<void> => {
    const say = (line: string): void => void lines.push(line);
    const log = { debug: say, info: say, warn: say };
    const api = new EngineApi(engine.socket, stop.signal);
    const parts = { driver: 'nutanix', clock, log, random: () => 0.5, signal: stop.signal };
    await startLeftContainers({ engine: api, ...parts });
  };
  /** To its end, at which nothing is left down. */
  const done = async (): Promise<void> => await clock.until(work(), 1);

  test.each<[string, Partial<Served>]>([
    ['policy always', {}],
    ['policy unless-stopped', { policy: 'unless-stopped' }],
    ['a volume of the managed plugin', { drivers: ['nutanix:latest'] }],
    ['a volume beside one of the engine', { drivers: ['local', 'nutanix'] }],
    [
      'a plugin that was not there',
      { error: 'error while mounting volume \'\': get db: error while checking if volume "db" exists' },
    ],
  ])('%s: started, and told', async (_what, changes) => {
    const { error } = engine.add('db', changes);
    await done();
    expect(engine.starts).toEqual(['db']);
    expect(lines).toEqual([
      `container "db" was left down by the engine, and is started until it runs: ${error}`,
      'container "db" runs, at attempt 1',
    ]);
  });

  test.each<[string, Partial<Served>]>([
    ['policy on-failure', { policy: 'on-failure' }],
    ['no policy', { policy: 'no' }],
    ['no policy, as engines for Compose word it', { policy: '' }],
    ['one that a user stopped', { error: '' }],
    ['another error', { error: 'driver failed programming external connectivity' }],
    ['an error that only names a mount', { error: `x: ${MOUNT_ERROR}` }],
    ['one that was never started', { status: 'created' }],
    ['one that runs', { status: 'running' }],
    ['a volume of another driver', { drivers: ['local', 'nutanix-other'] }],
    ['no volume', { drivers: [] }],
    ['a task of a swarm', { labels: { 'com.docker.swarm.task': '' } }],
    ['a task of a swarm by its id', { labels: { 'com.docker.swarm.task.id': 'abc' } }],
  ])('%s: left alone, without a word', async (_what, changes) => {
    engine.add('db', changes);
    await work();
    expect(engine.starts).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('pauses grow from 3 s to a minute, for as long as it takes; the same error is told once', async () => {
    const times: number[] = [];
    engine.add('db');
    engine.onStart = (_container, attempt) => {
      times.push(Math.round(clock.now() / 1000));
      return attempt < 12 ? `${MOUNT_ERROR} after ${attempt * 7} s` : undefined;
    };
    await done();
    const pauses = times.map((time, index) => time - (times[index - 1] ?? 0));
    expect(pauses).toEqual([3, 5, 8, 13, 20, 32, 51, 60, 60, 60, 60, 60]);
    expect(lines).toEqual([
      `container "db" was left down by the engine, and is started until it runs: ${MOUNT_ERROR}`,
      `container "db" cannot be started yet: ${MOUNT_ERROR} after 7 s`,
      'container "db" runs, at attempt 12',
    ]);
  });

  test('a new error of the volume is told, and the container is started on', async () => {
    const held = "error while mounting volume '': VolumeDriver.Mount: web-2 has it";
    engine.add('db');
    engine.onStart = (_container, attempt) => [MOUNT_ERROR, held, held][attempt - 1];
    await done();
    expect(engine.starts).toHaveLength(4);
    expect(lines.filter((line) => line.includes('cannot be started yet'))).toEqual([
      `container "db" cannot be started yet: ${held}`,
    ]);
  });

  test.each<[string, (db: Served) => void, string]>([
    ['was removed', ({ id }) => engine.containers.delete(id), 'it was removed'],
    ['was started by a user', (db) => Object.assign(db, { status: 'running', error: '' }), 'it is running'],
    [
      'was started and stopped by a user',
      (db) => Object.assign(db, { error: '' }),
      'it was started, and has ended since',
    ],
    ['may not be started any more', (db) => (db.policy = 'no'), 'its restart policy is no'],
  ])('one that %s in the pause is let go', async (_what, change, reason) => {
    const db = engine.add('db');
    engine.onStart = () => MOUNT_ERROR;
    const ended = work();
    await clock.untilAsleep(1);
    change(db);
    await clock.until(ended, 1);
    expect(engine.starts).toEqual([]);
    expect(lines.slice(1)).toEqual([`container "db" is not started any more: ${reason}`]);
  });

  test('one whose start fails for another reason is let go', async () => {
    engine.add('db');
    engine.onStart = () => 'exec format error';
    await done();
    expect(engine.starts).toEqual(['db']);
    expect(lines.slice(1)).toEqual([
      'container "db" is not started any more: its start failed otherwise: exec format error',
    ]);
  });

  test('of fifty four are started at a time, and one that hangs on holds up none of the other lanes', async () => {
    for (let number = 0; number < 50; number += 1) engine.add(`db-${number}`);
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    engine.onStart = async ({ name }) => {
      // Long enough for all that may come beside it.
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
      if (name === 'db-0') await hung;
      return undefined;
    };
    const ended = work();
    await clock.untilAsleep(50);
    await clock.pass(3);
    const runs = (): number =>
      [...engine.containers.values()].filter(({ status }) => status === 'running').length;
    for (let turn = 0; runs() < 37 && turn < 100_000; turn += 1) await new Promise(setImmediate);
    expect(runs()).toBe(37);
    release();
    await ended;
    expect(runs()).toBe(50);
    expect(engine.mostUnderWay).toBe(4);
    expect(new Set(engine.starts).size).toBe(engine.starts.length);
  });

  test('an engine that was started again meanwhile, and left another one down', async () => {
    engine.add('db');
    engine.onStart = ({ name }) => {
      if (name === 'db') engine.add('web');
      return undefined;
    };
    await done();
    expect(engine.starts).toEqual(['db', 'web']);
  });

  describe('an engine that', () => {
    const ANSWERS: [string, (response: ServerResponse) => void, string][] = [
      [
        'fails',
        (response) => response.writeHead(500).end('{"message":"out of order"}'),
        'status 500: out of order',
      ],
      ['says nothing of an engine', (response) => response.end('{"x":1}'), 'it is no answer of an engine'],
      ['says no JSON', (response) => response.end('<html>'), 'it is no answer of an engine'],
      ['closes the connection', (response) => response.destroy(), 'socket hang up'],
      [
        'sends without an end',
        (response) => void response.end(Buffer.alloc(33 * 2 ** 20, ' ')),
        'maxContentLength size of 33554432 exceeded',
      ],
    ];
    test.each(ANSWERS)('%s is told once, and asked again', async (_what, answer, problem) => {
      const db = engine.add('db');
      let bad = 0;
      engine.instead = ({ url = '' }: IncomingMessage, response) => {
        // Two bad answers to the list, and two to the question about the container.
        if (bad === 4 || (bad >= 2 && !url.includes(db.id))) return false;
        bad += 1;
        answer(response);
        return true;
      };
      await done();
      expect(engine.starts).toEqual(['db']);
      expect(lines).toEqual([
        expect.stringContaining(`${problem}; it is asked again`),
        'the engine answers again',
        expect.stringContaining(`${problem}; it is asked again`),
        'the engine answers again',
        expect.stringContaining('was left down'),
        'container "db" runs, at attempt 1',
      ]);
    });

    test('is away for a while', async () => {
      engine.add('db');
      engine.onStart = (_container, attempt) => (attempt === 1 ? MOUNT_ERROR : undefined);
      const ended = work();
      await clock.untilAsleep(1);
      await engine.close();
      await clock.pass(3);
      await clock.untilAsleep(1);
      expect(lines.slice(1)).toEqual([expect.stringMatching(/ENOENT.*; it is asked again$/)]);
      await engine.open();
      await clock.until(ended, 1);
      expect(lines.slice(2)).toEqual(['the engine answers again', 'container "db" runs, at attempt 3']);
    });

    test('names containers by what is no id: they are not asked for', async () => {
      const asked: string[] = [];
      engine.instead = ({ url = '' }, response) => {
        asked.push(url.replace(/\?.*/, ''));
        const Mounts = [{ Driver: 'nutanix' }];
        response.end(JSON.stringify([{ Id: '../secrets', Mounts }, { Id: 7, Mounts }, null]));
        return true;
      };
      await work();
      expect(asked).toEqual(['/containers/json']);
    });

    test('tells long errors: a part of them is shown', async () => {
      engine.add('db', { error: MOUNT_ERROR + 'x'.repeat(100_000) });
      await done();
      expect(lines[0]?.length).toBeLessThan(2200);
    });
  });

  test('told to end in a pause, or while a start is under way: it ends at once', async () => {
    engine.add('db');
    const paused = work();
    await clock.untilAsleep(1);
    stop.abort(new Error('the end'));
    await expect(paused).rejects.toThrow('the end');
    expect(engine.starts).toEqual([]);

    stop = new AbortController();
    engine.onStart = async () => {
      stop.abort(new Error('the other end'));
      return await new Promise(() => undefined);
    };
    await expect(clock.until(work(), 1)).rejects.toThrow('the other end');
    expect(engine.starts).toEqual(['db']);
  });
});
