import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../../src/support/index.js';
import { Cloud, filesBelow } from '../cloud.js';
import { formsOf, ProcessWatch, secretIn } from '../secret-forms.js';
import { GROUP, none, Runner, updateUntil, withRunning } from './runner.js';

const PASSWORD = `pw "7c1e"<&>%41\\;'$HOME é`;
const WRONG = 'wrong-9f3a-<password>';
const CONNECTOR = 'connector-6c20 &"';

/** Good lives and failures; then every trace is searched. */
describe('secrets of the fleeting plugin', () => {
  const serverLines: string[] = [];
  const keep = (line: string): void => void serverLines.push(line);
  const logger: Logger = { debug: keep, info: keep, warn: keep };
  const texts: string[] = [];
  let cloud: Cloud;
  let runner: Runner;
  let watch: ProcessWatch;
  let key = '';

  beforeAll(async () => {
    cloud = await Cloud.start({ password: PASSWORD, logger });
    runner = new Runner(cloud);
    watch = new ProcessWatch();
  });
  afterAll(async () => {
    watch.stop();
    await runner.close();
    await cloud.close();
  });

  const stateFolder = (): string => join(runner.home, 'state', GROUP);

  test('a whole life with a password of the environment, and the key of the group', async () => {
    const host = await runner.ready({}, { password: CONNECTOR });
    const [id = ''] = await withRunning(host, 1);
    key = Buffer.from((await host.connectInfo(id)).connector.key ?? '', 'base64').toString();
    expect(key).toContain('PRIVATE KEY');
    await host.decrease(id);
    await updateUntil(host, none);
    await host.shutdown();
    await host.kill();
    texts.push(host.log);
  });

  test('what fails: a wrong password, one in the configuration, one in a configuration that is refused', async () => {
    const failures = [
      await runner.started({}, { env: { NUTANIX_PASSWORD: WRONG } }),
      await runner.started({ username: 'admin', password: WRONG }),
      await runner.started({ password: PASSWORD, max_size: 0, unknown: 1, vm_mem: PASSWORD }),
    ];
    for (const host of failures) {
      const error = await host.init({ password: CONNECTOR }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      texts.push(String(error), host.log);
      await host.kill();
    }
    expect(texts.join()).toMatch(/refused user|401/);
  });

  test('the key of the group lies in one file, for its owner alone', () => {
    const lines = key.split('\n').filter((line) => /^[\w+/=]{40,}$/.test(line));
    const withKey = filesBelow(runner.home).filter(({ text }) => lines.some((line) => text.includes(line)));
    expect(withKey).toHaveLength(1);
    for (const { path } of withKey) {
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(path.startsWith(stateFolder())).toBe(true);
      expect(readFileSync(path, 'utf8')).toBe(key);
    }
  });

  test('no secret is in a log, an error, a command line, a file, or what Prism Central logs', () => {
    const [first = ''] = key.split('\n').filter((line) => /^[\w+/=]{40,}$/.test(line));
    const secrets = {
      password: formsOf(PASSWORD, 'admin'),
      'wrong password': formsOf(WRONG, 'admin'),
      'password of the connector': formsOf(CONNECTOR, 'root'),
      'key of the group': [first],
    };
    const noFile = { ...secrets, 'key of the group': [] };
    expect(first.length).toBeGreaterThanOrEqual(40);
    for (const text of [...texts, ...watch.stop(), ...serverLines]) {
      expect([secretIn(text, secrets), text.slice(0, 200)]).toEqual([undefined, text.slice(0, 200)]);
    }
    for (const { path, text } of filesBelow(runner.home)) {
      expect([path, secretIn(text, noFile)]).toEqual([path, undefined]);
    }
  });

  test('the search finds what is there', () => {
    expect(secretIn(`x ${JSON.stringify(PASSWORD)}`, { password: formsOf(PASSWORD, 'admin') })).toBe(
      'password',
    );
    expect(texts.join()).toContain('plugin started');
  });
});
