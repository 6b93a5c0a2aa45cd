import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/support/index.js';
import { DUMMY_PLUGIN } from '../interop/fleeting/host.js';
import { ROOT } from './machine.js';
import { start } from './run.js';

/** A short run of what `make bench-simulator` does, so that the figures can be had at any time. */
test('the simulator answers a mixed load without an error, as the executable and on Node', async () => {
  const bun = join(ROOT, 'node_modules', '.bin', 'bun');
  const plan = ['--vms', '100', '--rate', '100', '--seconds', '2'];
  const { code, stdout, stderr } = await start(bun, ['bench/simulator.ts', ...plan], {
    env: { PATH: process.env['PATH'] },
    cwd: ROOT,
  }).outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const rows = [...stdout.matchAll(/^(packaged|on Node): ([a-zA-Z]+).*?  +(\d+) +(\d+) /gm)];
  expect(rows.map(([, build, phase, , errors]) => [build, phase, errors])).toEqual(
    ['packaged', 'on Node'].flatMap((build) => [
      [build, 'make', '0'],
      [build, 'mixed', '0'],
      [build, 'mixed', '0'],
    ]),
  );
  const requests = rows.map(([, , , count]) => Number(count));
  // 100 creates; 200 turns of which each twentieth is two requests.
  expect(requests.slice(0, 2)).toEqual([100, 210]);
});

test('a bench that fails or gets a Ctrl-C ends, whatever it has started, and leaves nothing behind', async () => {
  const bun = join(ROOT, 'node_modules', '.bin', 'bun');
  const env = { PATH: process.env['PATH'], PEER: '/nowhere/peer' };
  const missing = await start(bun, ['bench/peer.ts'], { env, cwd: ROOT }).outcome;
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('run `make bench-peer`') as string,
  });
  const bench = (end: string): string => `import { spawn } from 'node:child_process';
    import { benchFolder, endedWithBench, runBench } from './bench/run-bench.ts';
    runBench(async () => {
      console.log(endedWithBench(spawn('sleep', ['1000'])).pid, benchFolder('bench-end-'));
      ${end}
    });`;
  const failed = await start(bun, ['-e', bench("throw new Error('a part is missing');")], { env, cwd: ROOT })
    .outcome;
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('a part is missing') as string });
  const interrupted = start(bun, ['-e', bench('await new Promise(() => undefined);')], { env, cwd: ROOT });
  await interrupted.seen(/bench-end-/);
  interrupted.child.kill('SIGINT');
  for (const { code, stdout } of [failed, await interrupted.outcome]) {
    const [pid = '', folder = ''] = stdout.trim().split(' ');
    expect({ code, isThere: existsSync(folder) }).toEqual({ code: 1, isThere: false });
    expect(folder).toContain('bench-end-');
    // It was sent SIGKILL before the bench ended, and may take a moment to die of it.
    while (commandLine(pid).startsWith('sleep')) await systemClock.sleep(20);
  }
});

/** Of a process; empty when there is none. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const asRoot = process.getuid?.() === 0 && existsSync('/dev/loop-control') ? test : test.skip;

asRoot(
  'the volume plugin is measured without an error, and asks Prism nothing about what it knows',
  async () => {
    const bun = join(ROOT, 'node_modules', '.bin', 'bun');
    const { code, stdout, stderr } = await start(bun, ['bench/volumes.ts', '--quick'], {
      env: { PATH: process.env['PATH'] },
      cwd: ROOT,
    }).outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('a host that knows 20 volumes; requests to Prism meanwhile: 0;');
    expect(stdout).toContain('nutanix-volume ls (25 volumes)');
    const rows = [...stdout.matchAll(/^(idle|after mounts|with 20 volumes) {2}.* (\d+\.\d)$/gm)];
    // Generous: what is measured is in docs/volumes.md.
    expect(rows.map(([, when, peak]) => [when, Number(peak) < 100])).toEqual([
      ['idle', true],
      ['after mounts', true],
      ['with 20 volumes', true],
    ]);
  },
);

const withGo = existsSync(DUMMY_PLUGIN) || process.env['REQUIRE_REAL_CLIENT'] === '1' ? test : test.skip;

withGo(
  'the fleeting plugin is measured without an error, and an update asks Prism Central once',
  async () => {
    const bun = join(ROOT, 'node_modules', '.bin', 'bun');
    const { code, stdout, stderr } = await start(bun, ['bench/fleeting.ts', '--quick'], {
      env: { PATH: process.env['PATH'] },
      cwd: ROOT,
    }).outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = [...stdout.matchAll(/^ours, API (v\d) +[\d.]+ +\d+ +[\d.]+ +([\d.]+) +[\d.]+ +([\d.]+) /gm)];
    expect(rows.map(([, api]) => api)).toEqual(['v3', 'v4']);
    // One, and what the lease asks from time to time.
    for (const requests of rows.flatMap(([, , one, twenty]) => [Number(one), Number(twenty)])) {
      expect(requests).toBeGreaterThanOrEqual(1);
      expect(requests).toBeLessThanOrEqual(2);
    }
  },
);
