import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Credentials } from '../../../src/provider/index.js';
import type { Admission } from '../../../src/prism/http/session/sign-in-gate.js';
import { processIdentity } from '../../../src/process/index.js';
import { SignInNotes } from '../../../src/prism/sign-in/sign-in-notes.js';
import { filesBelow } from '../../e2e/cloud.js';
import { formsOf } from '../../e2e/secret-forms.js';

const PASSWORD = 'c0rrect "horse" bättery';
const admin: Credentials = { kind: 'password', username: 'admin', password: PASSWORD };
const key: Credentials = { kind: 'api-key', key: 'key-of-a-service-account' };
const signal = new AbortController().signal;

describe('processes that share a machine store', () => {
  let store: string;
  let folder: string;
  /** ms since the start; sleeping takes no real time. */
  let time: number;
  const EPOCH = Date.parse('2026-01-01T00:00:00Z');

  beforeEach(() => {
    store = mkdtempSync(join(tmpdir(), 'sign-in-'));
    folder = join(store, 'nutanix-sign-ins');
    time = 0;
  });
  afterEach(() => rmSync(store, { recursive: true, force: true }));

  /** One process; each has a gate of its own. `onSleep`: what happens while it waits. */
  function process(
    credentials: Credentials = admin,
    onSleep: () => Promise<void> | void = () => undefined,
    at = store,
    server = 'pc.test:9440',
    isResident = false,
  ): SignInNotes {
    const clock = {
      now: () => time,
      sleep: async (ms: number, given?: AbortSignal) => {
        given?.throwIfAborted();
        time += ms;
        await onSleep();
      },
    };
    return new SignInNotes({
      store: at,
      server,
      credentials,
      clock,
      wallClock: () => EPOCH + time,
      isResident,
    });
  }

  async function admitted(gate: SignInNotes): Promise<Exclude<Admission, { refusal: object }>> {
    const admission = await gate.enter(signal);
    if (admission.refusal !== undefined) throw new Error('it was turned away');
    return admission;
  }

  async function refuse(credentials: Credentials = admin, words = 'Authentication required.'): Promise<void> {
    await (await admitted(process(credentials))).report({ kind: 'refused', words });
  }

  const files = (ending: string): string[] =>
    readdirSync(folder).flatMap((name) => (name.endsWith(ending) ? [join(folder, name)] : []));

  test('refused credentials are not sent again for a minute, and how to try at once is said', async () => {
    await refuse();
    time += 12_000;
    const { refusal } = await process().enter(signal);
    expect(refusal).toEqual({
      words: 'Authentication required.',
      age: 12_000,
      rest: 48_000,
      note: files('.refused')[0],
    });
    time += 48_000;
    await admitted(process());
  });

  test('in a process that goes on, a success is noted behind the answer, and a refusal before', async () => {
    const resident = process(admin, undefined, store, undefined, true);
    await (await admitted(resident)).report({ kind: 'accepted' });
    expect(files('.trial')).toHaveLength(1);
    while (files('.trial').length > 0) await setImmediate();
    expect(files('.passed')).toHaveLength(1);
    time += 2_000;
    await (await admitted(resident)).report({ kind: 'refused', words: 'Authentication required.' });
    expect([files('.refused'), files('.trial')]).toEqual([[expect.any(String)], []]);
  });

  test('a note that is removed no longer counts', async () => {
    await refuse();
    rmSync(files('.refused')[0] ?? '');
    await admitted(process());
  });

  test.each<[string, Credentials, string]>([
    ['another password', { ...admin, password: 'another' }, 'pc.test:9440'],
    ['another user', { ...admin, username: 'operator' }, 'pc.test:9440'],
    ['another server', admin, 'other.test:9440'],
    ['another port', admin, 'pc.test:9441'],
    ['an API key with the text of the password', { kind: 'api-key', key: PASSWORD }, 'pc.test:9440'],
  ])('%s is tried', async (_case, credentials, server) => {
    await refuse();
    await admitted(process(credentials, undefined, store, server));
  });

  test.each([
    ['password', admin],
    ['API key', key],
  ])('credentials that were accepted before and are refused now leave a note too: %s', async (_, given) => {
    await process(given).refused('The key was revoked.');
    expect((await process(given).enter(signal)).refusal).toMatchObject({ words: 'The key was revoked.' });
  });

  test('one tries, the others wait: what is refused is sent once', async () => {
    const first = await admitted(process());
    const others = [1, 2, 3].map(
      async () =>
        await process(admin, async () => await first.report({ kind: 'refused', words: 'no' })).enter(signal),
    );
    expect((await Promise.all(others)).map(({ refusal }) => refusal?.words)).toEqual(['no', 'no', 'no']);
  });

  test.each(['accepted', 'unanswered'] as const)(
    'one tries, the others wait: when it is %s, they all go on side by side',
    async (kind) => {
      const first = await admitted(process());
      const waiting = process(admin, async () => await first.report({ kind }));
      await admitted(waiting);
      // Nobody of these has reported, and none waits for another.
      await admitted(process());
      await admitted(process());
      expect(time).toBeLessThan(100);
      expect(files('.trial')).toEqual([]);
    },
  );

  test('a caller that gives up says nothing about the credentials: the next one tries alone', async () => {
    const first = await admitted(process());
    const second = await admitted(process(admin, async () => await first.report({ kind: 'abandoned' })));
    const third = process(admin, async () => await second.report({ kind: 'refused', words: 'no' }));
    expect((await third.enter(signal)).refusal).toBeDefined();
  });

  test('an acceptance of more than a second ago proves nothing any more', async () => {
    await (await admitted(process())).report({ kind: 'accepted' });
    time += 1_001;
    const first = await admitted(process());
    const second = process(admin, async () => await first.report({ kind: 'refused', words: 'changed' }));
    expect((await second.enter(signal)).refusal).toMatchObject({ words: 'changed' });
  });

  test('a refusal beside an acceptance is one of the random ones: no note', async () => {
    await (await admitted(process())).report({ kind: 'accepted' });
    await (await admitted(process())).report({ kind: 'refused', words: 'overloaded' });
    await admitted(process());
  });

  test('an acceptance takes the note away', async () => {
    await refuse();
    time += 60_000;
    await (await admitted(process())).report({ kind: 'accepted' });
    expect(files('.refused')).toEqual([]);
  });

  /** A trial of another process, which gives no sign of life. */
  async function silentTrial(identity: string): Promise<void> {
    const first = await admitted(process());
    const [path = ''] = files('.trial');
    await first.report({ kind: 'abandoned' });
    writeFileSync(path, `${identity} 7f0c`);
  }

  /** How long a process waits, ms, until it tries the credentials itself. */
  async function waited(): Promise<number> {
    const begun = time;
    const admission = await admitted(process());
    const end = time;
    await admission.report({ kind: 'abandoned' });
    return end - begun;
  }

  const changed = (part: number, value: string): string =>
    processIdentity()
      .split('/')
      .map((text, index) => (index === part ? value : text))
      .join('/');

  test('a process that was killed while it tried holds nobody up for longer than two seconds', async () => {
    // Its number was given to another process, so the time when it began is not the same.
    await silentTrial(changed(4, '1'));
    expect(await waited()).toBe(520);
    // What cannot be seen from here: on another computer, in another container; or what it is cannot be read.
    for (const identity of [changed(0, 'another-machine'), changed(2, 'pid:[1]'), 'half a l', '']) {
      await silentTrial(identity);
      time += 60_000;
      expect(await waited()).toBe(1_520);
    }
  });

  test('a process that is there, but hangs, holds the others up for five seconds, once', async () => {
    await silentTrial(processIdentity());
    expect(await waited()).toBe(5_020);
    time += 60_000;
    expect(await waited()).toBe(0);
  });

  test('the one that was to take over was killed, too: five seconds more', async () => {
    const identity = changed(4, '1');
    await silentTrial(identity);
    expect(await waited()).toBe(520);
    time += 60_000;
    // The same trial once more, which is marked as taken over.
    const [mark = ''] = readdirSync(folder).filter((name) => /\.trial-[0-9a-f]{16}$/.test(name));
    await silentTrial(identity);
    writeFileSync(join(folder, mark), '');
    expect(await waited()).toBe(5_520);
  });

  test('signs of life of a process that cannot be seen are seen', async () => {
    await silentTrial(changed(0, 'another-machine'));
    let looks = 0;
    const first = process(admin, async () => {
      looks += 1;
      const [path = ''] = files('.trial');
      if (looks % 74 === 0) utimesSync(path, looks, looks);
      if (looks === 400) await process().refused('no');
    });
    expect((await first.enter(signal)).refusal).toMatchObject({ words: 'no' });
  });

  test('where all processes stand still for seconds, none takes over from another', async () => {
    const first = await admitted(process());
    let looks = 0;
    const second = process(admin, async () => {
      looks += 1;
      time += 4_000;
      expect(files('.trial')).toHaveLength(1);
      if (looks === 2) await first.report({ kind: 'refused', words: 'no' });
    });
    expect((await second.enter(signal)).refusal).toMatchObject({ words: 'no' });
    expect(looks).toBe(2);
  });

  test('who has stood still for longer than it would wait looks once more before it tries', async () => {
    const first = await admitted(process());
    const second = process(admin, async () => {
      time += 30_000;
      await first.report({ kind: 'refused', words: 'no' });
    });
    expect((await second.enter(signal)).refusal).toMatchObject({ words: 'no' });
  });

  test('two that find the same silent trial over do not take over from one another', async () => {
    await silentTrial(changed(4, '1'));
    // Looks are counted, so time may stand still.
    const still = (): void => void (time -= 20);
    const all = Array.from({ length: 8 }, async () => await process(admin, still).enter(signal));
    const first = await Promise.race(all);
    expect(files('.trial')).toHaveLength(1);
    if (first.refusal === undefined) await first.report({ kind: 'refused', words: 'no' });
    const refused = (await Promise.all(all)).filter(({ refusal }) => refusal?.words === 'no');
    expect(refused).toHaveLength(7);
  });

  test('another process that takes long is waited for, but not for ever', async () => {
    await admitted(process());
    const alive = (): void => {
      for (const path of files('.trial')) {
        utimesSync(path, (EPOCH + time) / 1000, (EPOCH + time) / 1000);
      }
    };
    await admitted(process(admin, alive));
    expect(time).toBeGreaterThan(9_000);
    expect(time).toBeLessThan(11_000);
  });

  test('who gives up while waiting is told so', async () => {
    await admitted(process());
    const controller = new AbortController();
    const waiting = process(admin, () => controller.abort(new Error('enough')));
    await expect(waiting.enter(controller.signal)).rejects.toThrow('enough');
  });

  test('where nothing can be written, each process finds out for itself', async () => {
    const absent = join(store, 'no', 'store');
    const gate = process(admin, undefined, absent);
    await (await admitted(gate)).report({ kind: 'refused', words: 'no' });
    await gate.refused('no');
    await admitted(process(admin, undefined, absent));
    writeFileSync(folder, 'a file in the place of the folder');
    await (await admitted(process())).report({ kind: 'refused', words: 'no' });
    await admitted(process());
  });

  test('a note that cannot be understood does not count', async () => {
    await refuse();
    writeFileSync(files('.refused')[0] ?? '', '{"at":');
    await admitted(process());
  });

  test('the files are for this user only, hold no secret in any form, and go when their time is over', async () => {
    const echo = `Bad login Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')} (${PASSWORD})`;
    await refuse(admin, echo);
    await refuse(key, 'unknown key key-of-a-service-account');
    const contents = filesBelow(folder);
    const secrets = [...formsOf(PASSWORD, 'admin'), ...formsOf('key-of-a-service-account')];
    for (const { path, text } of contents) {
      expect(secrets.filter((form) => text.includes(form) || path.includes(form))).toEqual([]);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const [note] = files('.refused');
    expect(note).toBeDefined();
    // The digest is so short that a stolen file confirms no guess.
    expect(note).toMatch(/[0-9a-f]{16}-[0-9a-f]{4}\.refused$/);
    time += 61_000;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), EPOCH / 1000, EPOCH / 1000);
    await (await admitted(process({ ...admin, username: 'operator' }))).report({ kind: 'accepted' });
    expect(readdirSync(folder).filter((name) => !name.endsWith('.passed'))).toEqual(['salt']);
  });

  test('a store that may only be read is no obstacle', async () => {
    chmodSync(store, 0o500);
    try {
      await (await admitted(process())).report({ kind: 'accepted' });
    } finally {
      chmodSync(store, 0o700);
    }
  });
});
