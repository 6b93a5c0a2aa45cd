import { restartReadiness } from '../../src/guest/index.js';
import { BOOT_COMMAND, POWER_STATE_COMMAND } from '../../src/guest/restart-readiness.js';
import { QuickClock } from '../host/quick-clock.js';
import { newKeyPair, startSshServer, type SshServer } from './ssh-server.js';

const { signal } = new AbortController();

/** What the guest says. */
let wish = '';
let boot: readonly string[] = [];
let guest: SshServer;
let clock: QuickClock;
let look: () => Promise<unknown>;

beforeEach(async () => {
  const keys = await newKeyPair();
  const answers: Readonly<Record<string, () => string>> = {
    [POWER_STATE_COMMAND]: () => wish,
    [BOOT_COMMAND]: () => `${boot.join('\n')}\n`,
  };
  guest = await startSshServer({
    user: 'root',
    publicKey: keys.public,
    answer: (command) => ({ code: 0, stdout: answers[command]?.() ?? '' }),
  });
  clock = new QuickClock();
  const readiness = restartReadiness({ user: 'root', port: guest.port, privateKey: keys.private }, clock);
  look = async () => await readiness.probe('127.0.0.1', signal);
  wish = 'power_state:\n  mode: reboot\nruncmd:\n';
  boot = ['boot aaa 5'];
});
afterEach(async () => await guest.close());

const notYet = (seen: string) => ({ ready: false, reachable: true, seen });

describe('the restart that the user-data asks for', () => {
  test('is nothing to wait for where there is none', async () => {
    wish = '';
    expect(await look()).toEqual({ ready: true });
    expect(guest.commands).toEqual([POWER_STATE_COMMAND]);
  });

  test('is over in another boot', async () => {
    expect(await look()).toEqual(notYet('the guest is still up'));
    boot = ['boot bbb 5'];
    expect(await look()).toEqual({ ready: true });
  });

  test('is over in a container whose first process began again', async () => {
    await look();
    boot = ['boot aaa 99'];
    expect(await look()).toEqual({ ready: true });
  });

  test('was over before the first look', async () => {
    boot = ['boot bbb 5', 'before'];
    expect(await look()).toEqual({ ready: true });
  });

  test('is waited for as long as the guest has planned it', async () => {
    wish = 'power_state:\n  delay: 5\n  mode: reboot\n';
    boot = ['boot aaa 5', 'scheduled'];
    await look();
    await clock.sleep(250_000);
    expect(await look()).toEqual(notYet('the guest has planned it'));
    boot = ['boot bbb 5'];
    expect(await look()).toEqual({ ready: true });
  });

  test.each([
    ['', 46, /did not do it: going on/],
    ['  timeout: 100\n', 116, /did not do it: going on/],
    ['  condition: test -f /x\n', 16, undefined],
  ])('that does not come (%j) is given up after %i s', async (setting, seconds, note) => {
    wish = `power_state:\n  mode: reboot\n${setting}`;
    await look();
    await clock.sleep(seconds * 1_000 - 1_500);
    expect(await look()).toEqual(notYet('the guest is still up'));
    await clock.sleep(1_500);
    expect(await look()).toEqual({
      ready: true,
      note: note === undefined ? undefined : (expect.stringMatching(note) as unknown),
    });
  });

  test('is an error where the guest goes off instead, which a template may hide', async () => {
    wish = 'power_state:\n  mode: poweroff\n';
    await expect(look()).rejects.toThrow(/its user-data turns it off .*mode "poweroff"/);
  });

  test('and a guest that may go off is waited for until its condition is known', async () => {
    wish = 'power_state:\n  condition: test -f /x\n  mode: poweroff\n';
    expect(await look()).toEqual(notYet('the guest is still up'));
    boot = ['boot aaa 5', 'scheduled'];
    await expect(look()).rejects.toThrow(/turns it off/);
  });
});
