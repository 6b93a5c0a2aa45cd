import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PRESET } from '../../src/simulator/index.js';
import { commandsOf, documents, type FencedCommand } from './fenced-commands.js';
import { DOCKER_MACHINE, RANCHER_MACHINE, ROOT } from './machine.js';
import { start } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

jest.setTimeout(600_000);

/**
 * Commands of the documents that do not run here, by how they begin, and why. Every other command is run: a
 * document at a time, from its first to its last, in one shell and with one machine store, as a reader would.
 */
const NOT_RUN: readonly (readonly [string, string])[] = [
  ['make test', 'it is what runs this'],
  ['make release', 'test/e2e/release.test.ts runs it'],
  ['make demo', 'test/e2e/demo.test.ts runs it'],
  ['make guest-image', 'it needs a Docker engine and images from the internet'],
  ['prism-simulator --guests container', 'it needs a Docker engine'],
  ['docker ps -a --filter label=prism-simulator.owner', 'it needs a Docker engine'],
  ['docker logs NAME', 'it needs a Docker engine'],
  [
    'docker-machine create -d nutanix … \\\n  --nutanix-disk-size 100',
    'devicemapper needs an engine of before 2023',
  ],
  ['nutanix-hosts apply --recreate', 'it asks on a terminal; test/e2e/fleet-replace-swarm.test.ts runs it'],
  ['nutanix-hosts plan', 'it shows a file with mistakes; test/e2e/fleet-preflight.test.ts makes them'],
  ["docker-machine ssh web-1 'sudo lvs", 'it shows the pool of the machine above'],
  ['nutanix-volume csi', 'it serves until it is ended; test/e2e/container/csi-driver.test.ts runs it'],
  [
    'sudo ',
    'it changes this computer; test/e2e/report.test.ts and container/managed-plugins.test.ts do it in guests',
  ],
  ['docker volume create -d nutanix', 'it needs an engine; test/e2e/volumes runs it'],
  ['docker run --volume-driver nutanix', 'it needs an engine; test/e2e/volumes runs it'],
];

/** What a reader replaces by his own, and what must not touch this computer. */
function substituted(text: string, { env }: Simulator, folder: string): string {
  const { NUTANIX_ENDPOINT = '', NUTANIX_PORT = '', NUTANIX_USERNAME = '', NUTANIX_PASSWORD = '' } = env;
  const replacements: readonly (readonly [string, string])[] = [
    ['make install PREFIX=/usr/local', `make -C '${ROOT}' -o build install PREFIX='${folder}/prefix'`],
    ['NUTANIX_ENDPOINT=prism.example.com', `NUTANIX_ENDPOINT=${NUTANIX_ENDPOINT}:${NUTANIX_PORT}`],
    ['NUTANIX_USERNAME=docker-hosts', `NUTANIX_USERNAME=${NUTANIX_USERNAME}`],
    ['NUTANIX_PASSWORD=…', `NUTANIX_PASSWORD='${NUTANIX_PASSWORD}'`],
    ['--nutanix-cluster prod-1', `--nutanix-cluster ${PRESET.cluster.name}`],
    ['--nutanix-vm-network vlan-100', `--nutanix-vm-network ${PRESET.managedSubnet.name}`],
    ['--cluster prod-1', `--cluster ${PRESET.cluster.name}`],
    ['--subnet vlan-100', `--subnet ${PRESET.managedSubnet.name}`],
    // Endpoint, account, cluster, network and image are in the environment.
    ['create -d nutanix … ', 'create -d nutanix '],
    // A simulator of the document's own: at any free port, its guests beside those of other tests.
    [
      'prism-simulator --environment-file',
      'prism-simulator --port 0 --subnet 127.99.0.0/16 --environment-file',
    ],
  ];
  return replacements.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/** Stands in where no Docker client is installed: asks the engine that the environment names. */
const DOCKER_STAND_IN = `#!/bin/sh
exec curl -fsS --cacert "$DOCKER_CERT_PATH/ca.pem" --cert "$DOCKER_CERT_PATH/cert.pem" \\
  --key "$DOCKER_CERT_PATH/key.pem" "https://\${DOCKER_HOST#tcp://}/$1"
`;

const all = documents().map((path) => ({ path, commands: commandsOf(path) }));
const isRun = ({ text }: FencedCommand): boolean => !NOT_RUN.some(([begin]) => text.startsWith(begin));

describe('commands of README.md and docs/', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(async () => {
    await simulator.stop();
  });

  /** Runs commands in one shell; resolves with its exit code and what it printed. */
  async function run(
    commands: readonly FencedCommand[],
  ): Promise<{ code: number | undefined; output: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'documentation-'));
    try {
      for (const name of ['examples', 'scripts']) symlinkSync(join(ROOT, name), join(folder, name));
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin', 'docker'), DOCKER_STAND_IN);
      chmodSync(join(folder, 'bin', 'docker'), 0o755);
      symlinkSync(DOCKER_MACHINE, join(folder, 'bin', 'docker-machine'));
      symlinkSync(RANCHER_MACHINE, join(folder, 'bin', 'rancher-machine'));
      const script = [
        'set -euo pipefail',
        `remove_all() { docker-machine ls -q | xargs -r docker-machine rm -f -y; }`,
        `trap 'remove_all; kill $(jobs -p) 2>/dev/null || true; wait' EXIT`,
        `trap 'echo "the command at $at failed" >&2' ERR`,
        ...commands.flatMap(({ place, text }) => [`at=${place}`, substituted(text, simulator, folder)]),
      ].join('\n');
      const path = [join(folder, 'bin'), join(ROOT, 'dist'), process.env['PATH'] ?? ''].join(delimiter);
      // A user's terminal has SHELL, a CI job need not; `docker-machine env` wants it.
      const own = {
        PATH: path,
        HOME: folder,
        SHELL: '/bin/bash',
        MACHINE_STORAGE_PATH: join(folder, 'store'),
      };
      const env = { ...process.env, ...simulator.env, ...own };
      const { code, output } = await start('bash', ['-c', script], { env, cwd: folder, limit: 500_000 })
        .outcome;
      return { code, output };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test.each(all.filter(({ commands }) => commands.some(isRun)))('$path', async ({ commands }) => {
    const { code, output } = await run(commands.filter(isRun));
    expect(code === 0 ? '' : output).toBe('');
    expect(await simulator.vmNames()).toEqual([]);
  });

  test('a command that fails is named by its place', async () => {
    const { code, output } = await run([
      { place: 'docs/none.md:1', text: 'true' },
      { place: 'docs/none.md:2', text: 'docker-machine inspect nothing >/dev/null' },
      { place: 'docs/none.md:3', text: 'echo not reached' },
    ]);
    expect(code).toBe(1);
    expect(output).toContain('the command at docs/none.md:2 failed');
    expect(output).not.toContain('not reached');
  });

  test('few are not run, each for a reason and each still there', () => {
    const texts = all.flatMap(({ commands }) => commands.map(({ text }) => text));
    expect(NOT_RUN.filter(([begin]) => !texts.some((text) => text.startsWith(begin)))).toEqual([]);
    expect(NOT_RUN.length).toBeLessThanOrEqual(15);
    expect(texts.length).toBeGreaterThan(20);
  });
});
