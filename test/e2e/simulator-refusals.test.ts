import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeEngine } from '../simulator/guests/container/fake-engine.js';
import { dist } from './machine.js';
import { start } from './run.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), 'refusals-'));
const PROGRAM = join(folder, 'prism-simulator');
const file = (name: string): string => join(folder, name);
const servers: Server[] = [];
let engine: FakeEngine;
let taken: number;

beforeAll(async () => {
  // Where everybody may run it.
  chmodSync(folder, 0o755);
  copyFileSync(dist('prism-simulator'), PROGRAM);
  chmodSync(PROGRAM, 0o755);
  writeFileSync(file('bad.yaml'), '- name: [');
  writeFileSync(file('bad.json'), '{');
  writeFileSync(file('no-socket'), '');
  engine = await new FakeEngine().start();
  engine.hasImage = false;
  await listen({ path: file('forbidden.sock') });
  chmodSync(file('forbidden.sock'), 0);
  await listen({ path: file('mute.sock') });
  const address = (await listen({ host: '127.0.0.1', port: 0 })).address();
  taken = typeof address === 'object' && address !== null ? address.port : 0;
  await listen({ host: '127.90.4.10', port: 2376 });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await engine.stop();
  rmSync(folder, { recursive: true });
});

async function listen(options: { path: string } | { host: string; port: number }): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(options, resolve));
  return server;
}

interface Case {
  readonly what: string;
  readonly args: () => readonly string[];
  /** As a user who may do nothing special. */
  readonly unprivileged?: boolean;
  readonly says: RegExp;
}

const container = (...args: string[]): readonly string[] => ['--guests', 'container', ...args];
const cases: readonly Case[] = [
  { what: 'an unknown flag', args: () => ['--colour'], says: /unknown option '--colour'/ },
  {
    what: 'fault rules that are no YAML',
    args: () => ['--faults', file('bad.yaml')],
    says: /read fault rules from .*bad\.yaml: /,
  },
  {
    what: 'a saved state that is no JSON',
    args: () => ['--state', file('bad.json')],
    says: /read the saved state.*bad\.json/,
  },
  {
    what: 'a port in use',
    args: () => ['--port', String(taken)],
    says: /listen on 127\.0\.0\.1:\d+: .*in use.*Choose another port/,
  },
  {
    what: "a guest's port in use",
    args: () => ['--subnet', '127.90.4.0/24', '--ssh-port', '2222'],
    says: /let guests listen on 127\.90\.4\.10:2376: .*EADDRINUSE.*Stop what uses the port/,
  },
  {
    what: 'guest addresses that this machine does not have',
    args: () => ['--subnet', '198.51.100.0/24'],
    says: /198\.51\.100\.\d+:\d+: this machine does not have that address.*127\.0\.0\.0\/8/,
  },
  {
    what: 'no permission for port 22',
    args: () => ['--ssh-port', '22', '--subnet', '127.90.5.0/24'],
    unprivileged: true,
    says: /let guests listen on 127\.90\.5\.10:22: permission denied.*--ssh-port.*root/,
  },
  {
    what: 'no permission for the port of the API',
    args: () => ['--port', '443', '--guests', 'none'],
    unprivileged: true,
    says: /listen on 127\.0\.0\.1:443: .*permission denied/,
  },
  {
    what: 'no permission for the Docker engine',
    args: () => container('--docker-host', `unix://${file('forbidden.sock')}`),
    unprivileged: true,
    says: /use the Docker engine at .*EACCES.*Run as root or as a member of the group/,
  },
  {
    what: 'no Docker engine',
    args: () => container('--docker-host', 'unix:///nowhere/docker.sock'),
    says: /use the Docker engine at unix:\/\/\/nowhere\/docker\.sock.*Start a Docker engine/,
  },
  {
    what: 'something else in place of a Docker engine',
    args: () => container('--docker-host', `unix://${file('no-socket')}`),
    says: /use the Docker engine at .*Start a Docker engine/,
  },
  {
    what: 'somebody in place of a Docker engine who hangs up',
    args: () => container('--docker-host', `unix://${file('mute.sock')}`),
    says: /use the Docker engine at .*Start a Docker engine/,
  },
  {
    what: 'an engine address of no use',
    args: () => container('--docker-host', 'ssh://elsewhere'),
    says: /"ssh:\/\/elsewhere" is neither/,
  },
  {
    what: 'an engine without the image',
    args: () => container('--docker-host', engine.dockerHost),
    says: /use the Docker engine at .*no image prism-simulator-guest:latest.*make guest-image/,
  },
];

/** Some systems let everybody listen on every port. */
const everybodyMayListen =
  readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').trim() === '0';
const here = cases.filter(({ says }) => !everybodyMayListen || !says.source.includes('permission denied'));

describe('prism-simulator says in one line why it does not start, ends with 2, and leaves nothing running', () => {
  test.each(here)('$what', async ({ args, unprivileged, says }) => {
    const uid = unprivileged === true && isRoot ? NOBODY : undefined;
    const free = args().includes('--port') ? [] : ['--port', '0'];
    const { child, outcome } = start(PROGRAM, [...free, ...args()], { env: {}, cwd: folder, uid });
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^prism-simulator: [^\n]+\n$/);
    expect(stderr).toMatch(says);
    // The group outlives its leader as long as somebody is in it.
    expect(() => process.kill(-(child.pid ?? 0), 0)).toThrow('ESRCH');
  });
});
