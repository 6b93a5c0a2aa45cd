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
import { start, type Running } from './run.js';

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

  // When it is not root who runs this, all the others have shown that an ordinary user can.
  const asRoot = process.getuid?.() === 0 && existsSync(join(ROOT, '.tools', 'docker-machine'));
  (asRoot ? test : test.skip)('an ordinary user can run it, and keep it until Ctrl-C', async () => {
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
    const running = run([...asNobody, join(copy, 'scripts', 'demo.sh'), '--keep'], {
      HOME: home,
      TMPDIR: home,
    });
    await running.seen(/^demo: everything stays until Ctrl-C/m);
    running.interrupt();
    const { code, output } = await running.outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^5 hosts removed\.$/m);
    expect(output).toMatch(/^Done in /m);
    expect(readdirSync(home)).toEqual([]);
  });

  test('without Go, and with nothing made: from the sources and what npm brings; Ctrl-C leaves nothing half-made', async () => {
    const copy = join(temporary, 'checkout');
    const sources = ['src', 'proto', 'scripts', 'examples', 'test/e2e/client', 'bench/table.ts'];
    for (const name of [...sources, 'Makefile', 'package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
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
    const interrupted = run(['make', 'demo'], env, copy);
    await interrupted.seen(/packages: \.\.\./);
    interrupted.interrupt();
    expect((await interrupted.outcome).code).not.toBe(0);
    expect(readdirSync(join(copy, '.cache'))).toEqual([]);
    expect(readdirSync(copy)).not.toContain('node_modules');
    expect(await processes(copy)).toEqual([]);

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
