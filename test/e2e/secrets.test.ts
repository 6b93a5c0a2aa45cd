import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../src/support/index.js';
import { Cloud, filesBelow } from './cloud.js';
import { startProxy, type Proxy } from './connect-proxy.js';
import type { Machine } from './machine.js';
import { formsOf, ProcessWatch, secretIn } from './secret-forms.js';
import { onApi } from './spoken-api.js';

const PASSWORD = `pw "7c1e"<&>%41\\;'$HOME é`;
const WRONG = 'wrong-9f3a-<password>';
const API_KEY = 'key-b2d9+/aGVsbG8=_e44c';
const PROXY_PASSWORD = 'proxy-51d0:@/#7a';
const HELPER_WORDS = 'helper-words-0c77';
const USER_SECRET = 'guest-secret-d18b';

/** Secrets that must be nowhere; the guest's is only in the VM that it is meant for. */
const SECRETS = {
  password: formsOf(PASSWORD, 'admin'),
  'wrong password': formsOf(WRONG, 'admin'),
  'API key': formsOf(API_KEY, 'X-ntnx-api-key'),
  'proxy password': formsOf(PROXY_PASSWORD, 'proxy-user'),
  'words of a helper': formsOf(HELPER_WORDS),
};
const ALL = { ...SECRETS, 'secret in user-data': formsOf(USER_SECRET) };

/** Every command line, good and bad, with debug output; then every trace is searched. */
describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const serverLines: string[] = [];
  const outputs: string[] = [];
  const userData: string[] = [];
  let watch: ProcessWatch;
  let cloud: Cloud;
  let proxy: Proxy;
  let failNext = false;

  const keep = (line: string): void => void serverLines.push(line);
  const logger: Logger = { debug: keep, info: keep, warn: keep };

  beforeAll(async () => {
    cloud = await Cloud.start({ password: PASSWORD, apiKey: API_KEY, logger }, () => {
      const faults = failNext ? { cloudInit: { error: 'a module failed' } } : undefined;
      failNext = false;
      return faults;
    });
    proxy = await startProxy('proxy-user', PROXY_PASSWORD);
    watch = new ProcessWatch();
  });
  afterAll(async () => {
    await proxy.close();
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, text: string, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  /** Runs a command line with debug output and keeps all that it says; whether it succeeded. */
  async function run(machine: Machine, ...args: string[]): Promise<boolean> {
    const { code, output } = await machine.withEnvironment({ MACHINE_DEBUG: '1' }).attempt(...args);
    outputs.push(output);
    userData.push(...cloud.vmNames().map((name) => cloud.vm(name).userData));
    return code === 0;
  }

  const create = (machine: Machine, name: string, ...flags: string[]): Promise<boolean> =>
    run(machine, 'create', '-d', 'nutanix', '--nutanix-store-credentials=false', ...flags, name);

  function noSecretIn(machine: Machine): void {
    for (const { path, text } of filesBelow(machine.store)) {
      expect([path, secretIn(text, ALL)]).toEqual([path, undefined]);
    }
  }

  test('a whole life with a password from the environment, through a proxy that wants one too', async () => {
    const url = `http://proxy-user:${encodeURIComponent(PROXY_PASSWORD)}@127.0.0.1:${proxy.port}`;
    // Loopback never goes through a proxy of the environment. On Linux 0.0.0.0 is another name for it.
    const machine = cloud.machine({ NUTANIX_ENDPOINT: '0.0.0.0', HTTPS_PROXY: url, NO_PROXY: '' });
    const guestFile = file('user-data', `#cloud-config\nruncmd:\n  - echo ${USER_SECRET} > /root/token\n`);
    expect(await create(machine, 'whole', '--nutanix-cloud-init-file', guestFile)).toBe(true);
    for (const args of [
      ['ls'],
      ['stop', 'whole'],
      ['start', 'whole'],
      ['inspect', 'whole'],
      ['env', '--shell', 'bash', 'whole'],
    ]) {
      expect([args, await run(machine, ...args)]).toEqual([args, true]);
    }
    noSecretIn(machine);
    expect(await run(machine, 'rm', '-y', 'whole')).toBe(true);
    expect(proxy.requests.length).toBeGreaterThan(4);
  });

  test('a life with an API key from a credentials file', async () => {
    const machine = cloud.machine({ NUTANIX_USERNAME: undefined, NUTANIX_PASSWORD: undefined });
    const credentials = file('credentials', `api-key=${API_KEY}\n`);
    const flags = ['--nutanix-credentials-file', credentials, '--nutanix-wait-for', 'ip'];
    expect(await create(machine, 'keyed', ...flags)).toBe(true);
    noSecretIn(machine);
    expect(await run(machine, 'rm', '-y', 'keyed')).toBe(true);
  });

  test('what fails: wrong password, wrong key, a talkative helper, a broken proxy address, a sick guest', async () => {
    const wrong = cloud.machine({ NUTANIX_PASSWORD: WRONG });
    expect(await create(wrong, 'failing')).toBe(false);
    const key = cloud.machine({ NUTANIX_PASSWORD: undefined, NUTANIX_API_KEY: WRONG });
    expect(await create(key, 'failing')).toBe(false);
    const helper = file(
      'helper',
      `#!/bin/sh\necho ${HELPER_WORDS}; echo ${HELPER_WORDS} >&2; exit 3\n`,
      0o700,
    );
    const helped = cloud.machine({ NUTANIX_CREDENTIALS_FILE: helper });
    expect(await create(helped, 'failing')).toBe(false);
    const proxied = cloud.machine({ NUTANIX_PROXY: `socks5://u:${encodeURIComponent(PROXY_PASSWORD)}@p:1` });
    expect(await create(proxied, 'failing')).toBe(false);
    const sick = cloud.machine();
    failNext = true;
    const guestFile = file('user-data', `#cloud-config\nruncmd:\n  - echo ${USER_SECRET}\n`);
    expect(await create(sick, 'failing', '--nutanix-cloud-init-file', guestFile)).toBe(false);
    for (const machine of [wrong, key, helped, proxied, sick]) noSecretIn(machine);
    expect(cloud.vmNames()).toEqual([]);
  });

  test('none of them is in anything that was said, logged, sent as user-data or shown as a process', () => {
    const processes = watch.stop();
    expect(processes.some((line) => line.includes('docker-machine-driver-nutanix'))).toBe(true);
    expect(outputs.join('')).toContain(onApi({ v3: 'GET /api/nutanix/v3/', v4: 'GET /api/vmm/v4.' }));
    expect(serverLines.length).toBeGreaterThan(20);
    const places = {
      outputs,
      serverLines,
      processes,
      requests: [JSON.stringify(cloud.simulator.snapshot())],
    };
    for (const [place, texts] of Object.entries(places)) {
      for (const text of texts) expect([place, secretIn(text, ALL), text]).toEqual([place, undefined, text]);
    }
    expect(userData.some((text) => text.includes(USER_SECRET))).toBe(true);
    for (const text of userData) expect(secretIn(text, SECRETS)).toBeUndefined();
  });

  test('recorded answers and sessions hold no session cookie, no credentials and no password', () => {
    const golden = join(__dirname, '..', 'golden');
    const texts = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    expect(texts.length).toBeGreaterThan(20);
    for (const { path, text } of filesBelow(golden)) {
      const found =
        /authorization["']?\s*[:=]\s*["']?basic|NTNX_IGW_SESSION=|JSESSIONID=[^;"]{8}|BEGIN [A-Z ]*PRIVATE KEY/i.exec(
          text,
        );
      expect([path, found?.[0], secretIn(text, ALL)]).toEqual([path, undefined, undefined]);
    }
  });
});
