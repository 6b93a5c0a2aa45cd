import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { ownNumber } from './own-number.js';
import { dist, ROOT, type Machine } from './machine.js';
import type { Outcome } from './run.js';

/** Installers of the guests: they write down how they were called, and with which variables. */
const INSTALLED = '/var/log/installed';
const STAND_INS = `#cloud-config
write_files:
  - path: /usr/local/bin/docker
    permissions: '0755'
    content: |
      #!/bin/sh
      [ "$1" = run ] || exec /usr/bin/docker "$@"
      echo "$* as $DCE_USER" >> ${INSTALLED}
      echo "installing with $DCE_PASSWORD"
  - path: /usr/local/bin/curl
    permissions: '0755'
    content: |
      #!/bin/sh
      cat <<'EOT'
      echo "$* from $K3S_URL" >> ${INSTALLED}
      echo "joining with $K3S_TOKEN"
      printf '#!/bin/sh\\necho "server-1 Ready"\\necho "node-1 Ready"\\necho "node-2 Ready"\\n' > /usr/local/bin/kubectl
      chmod +x /usr/local/bin/kubectl
      EOT
`;
const SECRETS = {
  DCE_IMAGE: 'registry.example/dce:4',
  DCE_USER: 'admin',
  DCE_PASSWORD: 'dce-secret-1',
  K3S_TOKEN: 'k3s-secret-2',
};

/** The examples as they are, on guests whose installers are stand-ins. The tests build on each other. */
describe('platforms of the examples', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-platforms-'));
  let cloud: Cloud;
  let machine: Machine;
  // In place of 443: the same tests run with the other API at the same time.
  const consolePort = 8500 + ownNumber(160);
  let consoles: Server;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine({ ...SECRETS, NUTANIX_CLOUD_INIT: STAND_INS });
    // Guests have addresses of this machine, so this is the console on each of them.
    consoles = createServer((socket) => socket.end()).listen(consolePort);
  });
  afterAll(async () => {
    consoles.close();
    rmSync(folder, { recursive: true });
    await cloud.close();
  });

  /** `change` = [text of the example, what stands there instead]. */
  function hosts(
    example: string,
    command: string,
    change: readonly [string, string] = ['', ''],
  ): Promise<Outcome> {
    const file = join(folder, example);
    const text = readFileSync(join(ROOT, 'examples', example), 'utf8').replace(
      'port: 443',
      `port: ${consolePort}`,
    );
    writeFileSync(file, text.replaceAll(...change));
    const options = command === 'destroy' ? ['--yes'] : [];
    return machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;
  }

  async function installed(...names: readonly string[]): Promise<Record<string, string>> {
    const texts = names.map(async (name): Promise<[string, string]> => [
      name,
      await machine.run('ssh', name, `cat ${INSTALLED}`),
    ]);
    return Object.fromEntries(await Promise.all(texts));
  }

  const addressOf = (name: string): Promise<string> => machine.run('ip', name);
  const logOf = (fleet: string, host: string): string =>
    readFileSync(join(machine.store, 'fleets', fleet, 'logs', `${host}.log`), 'utf8');

  test('dce.yaml: the first controller, its replicas, the agents', async () => {
    const { code, output } = await hosts('dce.yaml', 'apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(inOrder(output, '[dce-1] done: first controller', '[dce-2] replica controllers')).toBe(true);
    expect(inOrder(output, '[dce-3] done: replica controllers', '[agent-1] agents')).toBe(true);
    const first = await addressOf('dce-1');
    const run = 'run --rm -v /var/run/docker.sock:/var/run/docker.sock';
    const login = `-e DCE_USER -e DCE_PASSWORD ${SECRETS.DCE_IMAGE}`;
    const replica = `${run} ${login} join --replica --force-pull ${first} as admin`;
    const agent = `${run} ${login} join --force-pull ${first} as admin`;
    expect(await installed('dce-1', 'dce-2', 'dce-3', 'agent-1', 'agent-2')).toEqual({
      'dce-1': `${run} ${SECRETS.DCE_IMAGE} install as`,
      'dce-2': replica,
      'dce-3': replica,
      'agent-1': agent,
      'agent-2': agent,
    });
  });

  test('its output is kept, without secrets', () => {
    expect(logOf('dce', 'agent-2')).toContain('installing with ***');
    expect(logOf('dce', 'agent-2')).not.toContain(SECRETS.DCE_PASSWORD);
  });

  test('again: nothing is installed; a step that has changed is, on its hosts only', async () => {
    expect((await hosts('dce.yaml', 'apply')).output).toContain('Nothing to do');
    const change = ['join --force-pull', 'join --force-pull --debug'] as const;
    const { code, output } = await hosts('dce.yaml', 'apply', change);
    expect({ code, output }).toMatchObject({ code: 0 });
    const runs = Object.entries(await installed('dce-1', 'dce-2', 'agent-1', 'agent-2')).map(
      ([name, text]) => [name, text.split('\n').length],
    );
    expect(Object.fromEntries(runs)).toEqual({ 'dce-1': 1, 'dce-2': 1, 'agent-1': 2, 'agent-2': 2 });
    expect((await hosts('dce.yaml', 'destroy')).code).toBe(0);
  });

  test('a step that fails: the hosts are up, and that is said', async () => {
    const change = ['curl -sfL https://get.k3s.io | sh -s - server', 'exit 3 #'] as const;
    const { code, output } = await hosts('k3s.yaml', 'apply', change);
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toContain('server-1: server on server-1: ended with status 3');
    expect(output).toContain(
      'The hosts are up, but the step server failed on server-1. Apply again goes on there.',
    );
  });

  test('k3s.yaml: the server, then the agents, which join it', async () => {
    const { code, output } = await hosts('k3s.yaml', 'apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toContain(SECRETS.K3S_TOKEN);
    expect(inOrder(output, '[server-1] done: server', '[node-1] agents')).toBe(true);
    const server = await addressOf('server-1');
    expect(await installed('server-1', 'node-1', 'node-2')).toEqual({
      'server-1': `server --node-ip ${server} from`,
      'node-1': `agent from https://${server}:6443`,
      'node-2': `agent from https://${server}:6443`,
    });
    expect(logOf('k3s', 'node-1')).toContain('joining with ***');
  });

  test('status runs the checks; a node that is not ready is told', async () => {
    const well = await hosts('k3s.yaml', 'status');
    expect(well).toMatchObject({ code: 0, stdout: expect.stringMatching(/nodes are ready\s+ok/) as unknown });
    await machine.run('ssh', 'server-1', "sed -i 's/node-2 Ready/node-2 NotReady/' /usr/local/bin/kubectl");
    const { code, stdout } = await hosts('k3s.yaml', 'status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/nodes are ready\s+server-1: the command ended with status 1: .*node-2 NotReady/);
    expect((await hosts('k3s.yaml', 'destroy')).code).toBe(0);
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });
});

/** Only root may have the port of the example. */
function inOrder(text: string, before: string, after: string): boolean {
  const [first, second] = [text.indexOf(before), text.indexOf(after)];
  return first >= 0 && first < second;
}
