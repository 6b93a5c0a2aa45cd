import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../src/process/index.js';
import { FleetingHost, HOST_VERSIONS, type HostChoice } from '../fleeting/host.js';

const BUN = join(__dirname, '../../../node_modules/.bin/bun');
const PLUGIN = join(__dirname, 'remembering-plugin.ts');
const hosts: FleetingHost[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'go-plugin-'));
  const start = join(folder, 'fleeting-plugin-remembering');
  writeFileSync(start, `#!/bin/sh\nexec '${BUN}' run '${PLUGIN}'\n`);
  chmodSync(start, 0o755);
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** The plugin's sockets lie in the test's own folder. */
function hostOf(choice: HostChoice = {}): FleetingHost {
  const own = { env: { ...process.env, ...choice.env }, socketFolder: folder };
  const host = new FleetingHost(join(folder, 'fleeting-plugin-remembering'), { ...choice, ...own });
  hosts.push(host);
  return host;
}

function sockets(): string[] {
  return readdirSync(folder).filter((name) => /^plugin\d+\.[0-9a-z]+$/.test(name));
}

/** Once it is in the log, which comes by another way than answers: the plugin's own lines stand behind the host's name for it. */
function said(host: FleetingHost, text: string): Promise<true> {
  return host.when(() => (host.log.includes(text) ? true : undefined));
}

/** What GitLab's host says where the plugin has not ended within its 2 s, and it kills it. */
const KILLED = 'failed to exit gracefully';
/** A stall of those two seconds is no fault of the plugin's, and does not come so many times in a row. */
const MOST_LIVES = 5;

/** A plugin's life with its end, again where a stall has taken the time that it has for the end. */
async function lifeThatEnds(live: (host: FleetingHost) => Promise<void>, choice?: HostChoice): Promise<void> {
  for (let lives = 1; ; lives += 1) {
    const host = hostOf(choice);
    await live(host);
    await host.kill();
    await said(host, '"plugin process exited"');
    if (lives < MOST_LIVES && host.log.includes(KILLED)) {
      for (const name of sockets()) rmSync(join(folder, name));
      continue;
    }
    expect(host.log).not.toContain(KILLED);
    return;
  }
}

const CASES = HOST_VERSIONS.flatMap((version) => [false, true].map((autoMtls) => ({ version, autoMtls })));

test.each(CASES)("GitLab's host calls all there is, %j", async ({ version, autoMtls }) => {
  const live = async (host: FleetingHost): Promise<void> => {
    await host.start({ max_size: 4 }, autoMtls);
    expect(await host.init({ username: 'ci', password: 'a secret word' })).toEqual({
      ID: 'ci',
      MaxSize: 4,
      Version: '1',
      BuildInfo: 'test',
    });
    // A line of 100,000 bytes and another one, printed by the plugin, have done no harm: they are log lines.
    await said(host, 'to standard output');
    expect(await host.increase(2)).toBe(2);
    expect(await host.update()).toEqual([
      { id: 'vm-1', state: 'running' },
      { id: 'vm-2', state: 'running' },
    ]);
    await expect(host.connectInfo('vm-1')).rejects.toThrow(
      'code = Internal desc = answer the call: there is no way',
    );
    expect(await host.decrease('vm-2')).toEqual(['vm-2']);
    if (version === '2026') await host.heartbeat('vm-1');
    expect(sockets()).toHaveLength(1);
    await host.shutdown();
  };
  // Neither killed nor left behind: the host has seen the process end by itself, within its 2 s.
  await lifeThatEnds(live, { version });
  expect(sockets()).toEqual([]);
  for (const { log } of hosts) expect(log).not.toContain('a secret word');
});

test('an error of Init comes with its text and its code', async () => {
  const host = hostOf();
  await host.start(undefined);
  await expect(host.init()).rejects.toMatchObject({ code: 'InvalidArgument' });
  await said(host, '"@level":"warn"');
  await said(host, 'start: max_size is missing');
});

test('what is under way is brought to its end before the host that ends is answered', async () => {
  await lifeThatEnds(async (host) => {
    await host.start({});
    await host.init();
  });
  for (const host of hosts) await said(host, 'shutdown was called');
});

test('a host that was killed is noticed, and the plugin ends in order', async () => {
  const host = hostOf();
  await host.start({});
  await host.init();
  await host.killHost();
  const ended = async (): Promise<void> => {
    while (isAlive(host.pluginPid)) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await ended();
  expect(sockets()).toEqual([]);
});
