import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DOCKER_MACHINE, ROOT } from './machine.js';
import { start, type Outcome, type Running } from './run.js';

/** Words of bash: a server on all addresses has PORT as long as this process is there, whatever it becomes. */
const TAKES_PORTS = `exec 9< <(exec node -e '
  const { PORT } = process.env, { ppid } = process;
  const server = require("node:net").createServer();
  server.listen(Number(PORT), "0.0.0.0", () => console.log("taken"));
  setInterval(() => process.ppid === ppid || process.exit(), 100);
'); read -r <&9;`;

/** `make demo` is the first thing that a newcomer types. */
describe('the demo', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function run(command: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = ROOT): Running {
    const own = { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary };
    return start('bash', ['-c', 'exec "$@"', 'demo', ...command], {
      env: { ...own, ...env },
      cwd,
      limit: 300_000,
    });
  }

  /** Only the demo, with what `make build tools` has made. */
  function demo(...options: string[]): Running {
    return run([join(ROOT, 'scripts', 'demo.sh'), ...options], { DOCKER_MACHINE });
  }

  /** Processes that have both in their command line. */
  async function processes(...words: string[]): Promise<string[]> {
    const { stdout } = await run(['ps', '-A', '-o', 'args=']).outcome;
    return stdout.split('\n').filter((line) => words.every((word) => line.includes(word)));
  }

  /** A folder with all programs of the PATH, but for some. */
  function pathWithout(...names: string[]): string {
    const folder = join(temporary, 'programs');
    mkdirSync(folder);
    for (const place of (process.env['PATH'] ?? '').split(delimiter)) {
      for (const name of existsSync(place) ? readdirSync(place) : []) {
        const link = join(folder, name);
        if (!names.includes(name) && !existsSync(link)) symlinkSync(join(place, name), link);
      }
    }
    return folder;
  }

  test('makes five hosts, uses them, heals one whose VM was deleted, and leaves nothing', async () => {
    const { code, output } = await demo().outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    const shown = [
      /^All is as declared/,
      /^agent-1 .*Running +tcp:\/\/[\d.]+:2376 .*v\d+\.\d+\.\d+/,
      /^Linux agent-1 /,
      /^agent-2 +remake +its VM is gone$/,
      /^agent-1 +unchanged /,
      /^agent-2 +made again /,
      /<title>Prism Central simulator<\/title>/,
      /^5 hosts removed\.$/,
      /^"vms":\[\]$/,
      /^Done in \d+ s; no VM, machine, process or file is left\.$/,
    ];
    const lines = output.split('\n');
    const places = shown.map((pattern) => lines.findIndex((line) => pattern.test(line)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(output.match(/^\(\d+\.\d\d s\)$/gm)).toHaveLength(output.match(/^\$ .*/gm)?.length ?? 0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('Ctrl-C while hosts are made: the plugins clean up, then the simulator ends', async () => {
    const running = demo();
    await running.seen(/waiting for/);
    const [folder = ''] = readdirSync(temporary);
    expect(await processes('prism-simulator', folder)).toHaveLength(1);
    running.interrupt();
    expect((await running.outcome).code).toBe(130);
    expect(await processes(folder)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a terminal that is closed while hosts are made: nothing is left, either', async () => {
    const running = demo();
    await running.seen(/waiting for/);
    const [folder = ''] = readdirSync(temporary);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    process.kill(-(running.child.pid ?? 0), 'SIGHUP');
    expect((await running.outcome).code).toBe(129);
    expect(await processes(folder)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  // `set -e` begins to clean up because Ctrl-C broke a command, and only then bash takes the trap of INT.
  test('Ctrl-C as the cleaning begins does not end it', async () => {
    const begin = 'source scripts/steps.sh; finish() { echo "ended by $1"; }; ends_with finish';
    const script = `${begin}; trap 'kill -INT $$; end_with finish $?' EXIT; false`;
    expect(await run(['bash', '-euc', script]).outcome).toMatchObject({
      code: 130,
      output: 'ended by 130\n',
    });
  });

  // When it is not root who runs this, all the others have shown that an ordinary user can.
  const asRoot = process.getuid?.() === 0 && existsSync(join(ROOT, '.tools', 'docker-machine'));
  (asRoot ? test : test.skip)(
    'an ordinary user can run it, and keep it until Ctrl-C, whose ports are taken',
    async () => {
      // The checkout itself may lie in root's home.
      const copy = join(temporary, 'checkout');
      for (const name of ['dist/nutanix-docker', 'examples', 'scripts', '.tools/docker-machine'])
        cpSync(join(ROOT, name), join(copy, name), { recursive: true });
      for (const name of ['docker-machine-driver-nutanix', 'nutanix-hosts', 'prism-simulator'])
        linkSync(join(copy, 'dist', 'nutanix-docker'), join(copy, 'dist', name));
      const home = join(temporary, 'home');
      mkdirSync(home);
      await run(['chown', '-R', '65534:65534', temporary]).outcome;
      const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      const ownNetwork = [
        'unshare',
        '--net',
        'bash',
        '-c',
        `ip link set lo up; ${TAKES_PORTS} exec "$@"`,
        'own',
      ];
      const command = [...asNobody, join(copy, 'scripts', 'demo.sh'), '--keep'];
      const running = run([...ownNetwork, ...command], { HOME: home, TMPDIR: home, PORT: '2222' });
      await running.seen(/^demo: everything stays until Ctrl-C/m);
      running.interrupt();
      const { code, output } = await running.outcome;
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain('--ssh-port 2223 ');
      expect(output).toMatch(/^5 hosts removed\.$/m);
      expect(output).toMatch(/^Done in /m);
      expect(readdirSync(home)).toEqual([]);
    },
  );

  (process.getuid?.() === 0 ? test : test.skip)('says which port it needs that a server has', async () => {
    const script = `ip link set lo up; ${TAKES_PORTS} scripts/demo.sh`;
    const env = { DOCKER_MACHINE, PORT: '2376' };
    const { code, output } = await run(['unshare', '--net', 'bash', '-c', script], env).outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/^demo: a server on this computer has port 2376 on all addresses .*$/m);
    expect(output).not.toContain('the simulator said');
    expect(readdirSync(temporary)).toEqual([]);
  });

  /** The sources of the demo, and nothing made. */
  function checkout(): string {
    const copy = join(temporary, 'check out');
    const sources = ['src', 'proto', 'scripts', 'examples', 'test/e2e/client', 'bench/table.ts'];
    for (const name of [...sources, 'Makefile', 'package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    return copy;
  }

  test('says what could not be fetched, and from where, and that Node.js is too old', async () => {
    const copy = checkout();
    const programs = pathWithout('go', 'docker-machine');
    const nowhere = 'http://127.0.0.1:1/';
    const env = { PATH: programs, npm_config_registry: nowhere, npm_config_fetch_retries: '0' };
    const ready = (): Promise<Outcome> => run(['bash', 'scripts/demo-ready.sh'], env, copy).outcome;
    const { code, output } = await ready();
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/^demo: packages could not be made:\n(npm error .*\n)+/m);
    expect(output).toMatch(new RegExp(`${nowhere}\\S+/-/\\S+\\.tgz`));
    expect(output).toContain(`\nnpm gets packages from ${nowhere}\n`);
    expect(readdirSync(join(copy, '.cache'))).toEqual([]);
    expect(readdirSync(copy)).not.toContain('node_modules');

    rmSync(join(programs, 'node'));
    const old = '#!/bin/sh\n[ "$2" != process.versions.node ] || exec echo 18.20.4\nexec NODE "$@"\n';
    writeFileSync(join(programs, 'node'), old.replace('NODE', process.execPath), { mode: 0o755 });
    expect(await ready()).toMatchObject({
      code: 1,
      output: `demo: ${join(programs, 'node')} is Node.js 18.20.4, which is too old: 20.19 or later is needed\n`,
    });
  });

  test('without Go, and with nothing made: from the sources and what npm brings; Ctrl-C leaves nothing half-made', async () => {
    const copy = checkout();
    const env = {
      PATH: pathWithout('go', 'docker-machine'),
      // Where packages come from on this computer, and which of them are here already.
      npm_config_userconfig: join(homedir(), '.npmrc'),
      npm_config_cache: join(homedir(), '.npm'),
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) =>
          /^npm_config_(cache|cafile|registry|userconfig|(https?_|no)?proxy)$/i.test(name),
        ),
      ),
    };
    // npm that ends well when it is interrupted, as it does when it has just made everything.
    const obliging = join(temporary, 'obliging');
    mkdirSync(obliging);
    const made = "trap 'exit 0' INT; echo all are there; while :; do sleep 0.1; done";
    const npm = `#!/bin/sh\nPATH=${env.PATH}\nnpm "$@" || exit\n[ "$1" != ci ] || { ${made}; }\n`;
    writeFileSync(join(obliging, 'npm'), npm, { mode: 0o755 });
    const interrupted = run(['make', 'demo'], { ...env, PATH: `${obliging}:${env.PATH}` }, copy);
    await interrupted.seen(/packages: all are there/);
    interrupted.interrupt();
    expect((await interrupted.outcome).code).not.toBe(0);
    expect(readdirSync(join(copy, '.cache'))).toEqual([]);
    expect(readdirSync(copy)).not.toContain('node_modules');
    expect(await processes(copy)).toEqual([]);
    rmSync(obliging, { recursive: true });

    const { code, output } = await run(['make', 'demo'], env, copy).outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^ {2}packages +[\d.]+ to +[\d.]+ s +$/m);
    expect(output).toMatch(/^ {2}executables +[\d.]+ to +[\d.]+ s +$/m);
    expect(output).toMatch(
      /^demo: no docker-machine is there.* a small client of our own stands in for it\. With Go .* GitLab's docker-machine\.$/m,
    );
    expect(output).toMatch(/^agent-2 +made again /m);
    expect(output).toMatch(/^Done in /m);
    expect(readdirSync(join(copy, '.cache'))).toEqual([]);
    expect(existsSync(join(copy, 'node_modules', 'typescript'))).toBe(false);
    // As the home of the user, which has nothing of Bun's either.
    expect(readdirSync(temporary).sort()).toEqual(['check out', 'programs']);
  });

  test('a docker-machine on the PATH is taken, if it is one', async () => {
    const folder = join(temporary, 'bin');
    const program = join(folder, 'docker-machine');
    mkdirSync(folder);
    const chosen = async (says: string): Promise<string> => {
      writeFileSync(program, `#!/bin/sh\necho '${says}'\n`);
      chmodSync(program, 0o755);
      const script = 'source scripts/demo-client.sh; choose_client; echo "chosen: $DOCKER_MACHINE"';
      const env = { PATH: [folder, process.env['PATH']].join(delimiter) };
      return (await run(['bash', '-c', script], env).outcome).output;
    };
    const taken = await chosen('docker-machine version 0.16.2, build bd45ab13');
    expect(taken).toBe(`demo: the docker-machine on the PATH is used (${program})\nchosen: ${program}\n`);
    expect(await chosen('some other program 1.0')).not.toContain(program);
  });

  test('says what it can do, and refuses what it does not know', async () => {
    expect(await demo('--help').outcome).toMatchObject({ code: 0, stderr: '' });
    expect(await demo('--hep').outcome).toMatchObject({
      code: 2,
      output: 'demo: unknown option --hep (see --help)\n',
    });
    expect(readdirSync(temporary)).toEqual([]);
  });
});
