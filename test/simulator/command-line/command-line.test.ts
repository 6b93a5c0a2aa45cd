import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { emulatedGuestKind } from '../../../src/emulator/index.js';
import { qemuGuestKind } from '../../../src/qemu-guests/index.js';
import { containerGuestKind, noGuestKind, runSimulator } from '../../../src/simulator/index.js';
import { parseCommandLine } from '../../../src/simulator/command-line/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'prism-simulator-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly complaints: string;
}

/** Runs the program; `whileServing` is called with what it printed once it serves, then it is interrupted. */
async function run(args: string[], whileServing?: (out: string) => Promise<void>): Promise<Run> {
  let out = '';
  let complaints = '';
  let interrupt: () => void = () => undefined;
  let failure: unknown;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const exitCode = await runSimulator({
    args: ['--guests', 'none', '--port', '0', ...args],
    version: '1.2.3',
    isRoot: false,
    print: (text) => {
      out += text;
      // The environment file is written after this.
      setTimeout(() => {
        (whileServing?.(out) ?? Promise.resolve())
          .catch((error: unknown) => (failure = error))
          .finally(interrupt);
      }, 50);
    },
    complain: (line) => (complaints += `${line}\n`),
    log: new PassThrough().resume(),
    guests: {
      emulated: emulatedGuestKind,
      container: containerGuestKind,
      qemu: qemuGuestKind,
      none: noGuestKind,
    },
    interrupted,
  });
  if (failure !== undefined) throw failure as Error;
  return { exitCode, out, complaints };
}

function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

function statusOf(environment: Record<string, string>, ca: string): Promise<number | undefined> {
  const {
    NUTANIX_ENDPOINT: host,
    NUTANIX_PORT: port,
    NUTANIX_USERNAME: user,
    NUTANIX_PASSWORD: password,
  } = environment;
  return new Promise((resolve, reject) => {
    const auth = `${user ?? ''}:${password ?? ''}`;
    request({ host, port, ca, auth, path: '/api/nutanix/v3/users/me', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('prism-simulator', () => {
  test('prints what to export, serves with it, and ends in order', async () => {
    const args = [
      '--environment-file',
      file('env'),
      '--ca-file',
      file('ca.pem'),
      '--username',
      "o'brien",
      '--password',
      'a b',
    ];
    const { exitCode, out, complaints } = await run(args, async (text) => {
      const environment = environmentOf(text);
      expect(environment).toMatchObject({
        NUTANIX_ENDPOINT: '127.0.0.1',
        NUTANIX_CLUSTER: 'PC-Cluster',
        NUTANIX_VM_IMAGE: 'ubuntu-22.04-cloudimg',
        NUTANIX_VM_NETWORK: 'vm-network',
        NUTANIX_PASSWORD: 'a b',
      });
      expect(environment['NUTANIX_FINGERPRINT']).toMatch(/^sha256:[0-9a-f]{64}$/);
      const account = { ...environment, NUTANIX_USERNAME: "o'brien" };
      expect(await statusOf(account, readFileSync(file('ca.pem'), 'utf8'))).toBe(200);
    });
    expect([exitCode, complaints]).toEqual([0, '']);
    expect(out).toContain(readFileSync(file('env'), 'utf8'));
    expect(out).toContain("export NUTANIX_USERNAME='o'\\''brien'\n");
    expect(statSync(file('env')).mode & 0o777).toBe(0o600);
  });

  test('without a password it makes one, another each time', async () => {
    const passwords = [await run([]), await run([])].map(({ out }) => environmentOf(out)['NUTANIX_PASSWORD']);
    expect(passwords[0]).toMatch(/^[\w-]{16}$/);
    expect(passwords[1]).not.toBe(passwords[0]);
  });

  test('--help and --version', async () => {
    const help = await run(['--help']);
    expect([help.exitCode, help.complaints]).toEqual([0, '']);
    for (const option of [
      '--port',
      '--profile',
      '--pc-version',
      '--guests',
      '--ssh-port',
      '--subnet',
      '--faults',
      '--environment-file',
      '--ca-file',
      '--log',
    ]) {
      expect(help.out).toContain(option);
    }
    expect((await run(['--version'])).out).toBe('prism-simulator 1.2.3\n');
  });

  test('fault rules come from a YAML file', async () => {
    writeFileSync(file('faults.yaml'), '- name: busy\n  match: { path: /users/me }\n  do: { status: 503 }\n');
    const args = ['--faults', file('faults.yaml'), '--ca-file', file('ca2.pem')];
    const { exitCode } = await run(args, async (text) => {
      expect(await statusOf(environmentOf(text), readFileSync(file('ca2.pem'), 'utf8'))).toBe(503);
    });
    expect(exitCode).toBe(0);
  });

  test('the state is saved at the end and loaded at the next start', async () => {
    const args = ['--state', file('state.json')];
    expect((await run(args)).exitCode).toBe(0);
    const read = (): unknown => JSON.parse(readFileSync(file('state.json'), 'utf8'));
    const saved = read();
    expect(saved).toMatchObject({ format: 'prism-simulator state', version: 3, vms: [] });
    expect(statSync(file('state.json')).mode & 0o777).toBe(0o600);
    expect((await run(args)).exitCode).toBe(0);
    expect(read()).toEqual(saved);
    expect(readdirSync(folder).filter((name) => name.includes('state'))).toEqual(['state.json']);
  });

  test.each([
    ['is cut off', '{"format": "prism-simulator state", "ver', /read the saved state from .*\.json: /],
    ['is empty', '', /read the saved state from .*\.json: /],
    ['is of another version', '{"format": "prism-simulator state", "version": 1}', /version: /],
    ['holds something else', '[]', /read the saved state: /],
  ])('a state file that %s is one line and exit code 2, and stays as it is', async (_, text, problem) => {
    writeFileSync(file('bad.json'), text);
    const { exitCode, complaints } = await run(['--state', file('bad.json')]);
    expect([exitCode, complaints.trim().split('\n').length]).toEqual([2, 1]);
    expect(complaints).toMatch(problem);
    expect(readFileSync(file('bad.json'), 'utf8')).toBe(text);
  });

  test('root has the SSH port of the real guests, others one above 1023', () => {
    const port = (isRoot: boolean): unknown => {
      const line = parseCommandLine([], { version: '', isRoot });
      return line.kind === 'run' ? line.settings.sshPort : undefined;
    };
    expect([port(true), port(false)]).toEqual([22, 2222]);
  });
});

test.each([
  ['v3', ['v3']],
  ['v4', ['v4']],
  ['v4,v3', ['v3', 'v4']],
])('--api %s', (api, expected) => {
  const line = parseCommandLine(['--api', api], { version: '', isRoot: false });
  expect(line).toMatchObject({ settings: { api: expected, v4Limits: 'none' } });
});

describe('bad input is one line and exit code 2', () => {
  test.each([
    [['--colour'], "unknown option '--colour'"],
    [['now'], 'too many arguments'],
    [['--port', '70000'], "option '--port <number>' argument '70000' is invalid"],
    [['--ssh-port', '0'], 'It is not a port from 1 to 65535'],
    [['--profile', 'odd'], 'Allowed choices are fast, real, slow'],
    [['--guests', 'odd'], 'Allowed choices are'],
    [['--pc-version', 'x'], '"x" is not a version'],
    [['--subnet', '127.0.0.1'], 'is not an IPv4 network'],
    [['--subnet', '127.0.0.0/30'], 'is not an IPv4 network of /8 to /29'],
    [['--log', 'loud'], 'Allowed choices are'],
    [['--rate-limit', '0'], 'It is not a number of requests'],
    [['--api', 'v5'], 'Give v3, v4 or v3,v4'],
    [['--api', ''], 'Give v3, v4 or v3,v4'],
    [['--api', 'v4', '--pc-version', 'pc.2023.4'], 'pc.2023.4 has none of: v4'],
    [['--v4-limits', '/nonexistent'], 'read limits from /nonexistent: '],
    [['--host', '203.0.113.1'], 'listen on 203.0.113.1:0'],
    [['--faults', '/nonexistent'], 'read fault rules from /nonexistent: '],
    [['--state', '/nonexistent/state'], 'read the saved state from /nonexistent/state: '],
    [['--state', '/dev'], 'read the saved state from /dev: it is no file'],
    [['--state', '/dev/zero'], 'read the saved state from /dev/zero: it is no file'],
    [['--environment-file', '/nonexistent/env'], 'write /nonexistent/env: '],
  ])('%j', async (args, problem) => {
    const { exitCode, complaints } = await run(args);
    expect([exitCode, complaints.trim().split('\n').length]).toEqual([2, 1]);
    expect(complaints).toContain(problem);
  });

  test.each([
    ['bad YAML', '- name: [', 'read fault rules from'],
    ['a rule without name', '- do: { status: 500 }', '0.name'],
    ['an unknown effect', '- { name: a, do: { explode: true } }', 'explode'],
  ])('a faults file with %s', async (_, text, problem) => {
    writeFileSync(file('bad.yaml'), text);
    const { exitCode, complaints } = await run(['--faults', file('bad.yaml')]);
    expect([exitCode, complaints.trim().split('\n').length]).toEqual([2, 1]);
    expect(complaints).toContain(problem);
  });

  test.each([
    ['no JSON', '{', 'read the saved state'],
    ['another format', '{"format":"x"}', 'read the saved state: format'],
  ])('a state file with %s', async (_, text, problem) => {
    writeFileSync(file('bad.json'), text);
    const { exitCode, complaints } = await run(['--state', file('bad.json')]);
    expect([exitCode, complaints.trim().split('\n').length]).toEqual([2, 1]);
    expect(complaints).toContain(problem);
    expect(readFileSync(file('bad.json'), 'utf8')).toBe(text);
  });

  test('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { exitCode, complaints } = await run(['--port', port]);
    await new Promise((resolve) => server.close(resolve));
    expect(exitCode).toBe(2);
    expect(complaints).toContain(`listen on 127.0.0.1:${port}`);
  });

  test('a guest port in use', async () => {
    const server = createServer().listen(0, '127.77.0.10');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { exitCode, complaints } = await run(['--guests', 'emulated', '--ssh-port', port]);
    await new Promise((resolve) => server.close(resolve));
    expect(exitCode).toBe(2);
    expect(complaints).toContain(`let guests listen on 127.77.0.10:${port}`);
  });
});
