import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKER_MACHINE, ROOT } from './machine.js';
import { start, type Running } from './run.js';

jest.setTimeout(400_000);

const SMALL_CLIENT = join(ROOT, 'test', 'e2e', 'client', 'machine');

/** `make demo` is the first thing that a newcomer types. */
describe('the demo', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function demo(env: NodeJS.ProcessEnv, command = [join(ROOT, 'scripts', 'demo.sh')]): Running {
    const own = { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary };
    return start('bash', ['-c', 'exec "$@"', 'demo', ...command], { env: { ...own, ...env } });
  }

  test('ends well, says what it does, and leaves nothing', async () => {
    const { code, output } = await demo({ DOCKER_MACHINE }).outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.match(/^demo-\d .*Running +tcp:\/\/[\d.]+:2376 .*v\d+\.\d+\.\d+/gm)).toHaveLength(10); // ls, twice
    expect(output.match(/^\$ .*/gm)?.length).toBeGreaterThan(10);
    expect(output.match(/^\(\d+\.\d\d s\)$/gm)).toHaveLength(output.match(/^\$ .*/gm)?.length ?? 0);
    expect(output).toContain('"vms":[]');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('our own small client can stand in for docker-machine', async () => {
    const { code, output } = await demo({ DOCKER_MACHINE: SMALL_CLIENT }).outcome;
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('"vms":[]') as unknown,
    });
  });

  test('Ctrl-C while hosts are made: the plugins clean up, then the simulator ends', async () => {
    const running = demo({ DOCKER_MACHINE });
    await running.seen(/waiting for/);
    const simulators = await processes('prism-simulator', temporary);
    expect(simulators).toHaveLength(1);
    running.interrupt();
    expect((await running.outcome).code).toBe(130);
    expect(await processes('prism-simulator', temporary)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  // When it is not root who runs this, all the others have shown it.
  const asRoot = process.getuid?.() === 0 && existsSync(join(ROOT, '.tools', 'docker-machine'));
  (asRoot ? test : test.skip)('an ordinary user can run it', async () => {
    // The checkout itself may lie in root's home.
    const copy = join(temporary, 'checkout');
    for (const name of ['dist/docker-machine-driver-nutanix', 'dist/prism-simulator', 'scripts', '.tools']) {
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    }
    mkdirSync(join(temporary, 'home'));
    await start('chown', ['-R', '65534:65534', temporary], { env: process.env }).outcome;
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const home = join(temporary, 'home');
    const { code, output } = await demo({ HOME: home, TMPDIR: home }, [
      ...asNobody,
      join(copy, 'scripts', 'demo.sh'),
    ]).outcome;
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('"vms":[]') as unknown,
    });
  });
});

/** Processes whose command line has both words. */
async function processes(...words: string[]): Promise<string[]> {
  const { stdout } = await start('ps', ['-A', '-o', 'args='], { env: process.env }).outcome;
  return stdout.split('\n').filter((line) => words.every((word) => line.includes(word)));
}
