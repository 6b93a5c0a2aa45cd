import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, ROOT } from './machine.js';
import { start, type Outcome } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'simulator-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts it, makes one request that nobody has signed in for, and ends it. */
async function asked(program: string, level: string): Promise<{ environment: string; outcome: Outcome }> {
  const file = join(folder, `env-${level}-${String(program.length)}`);
  const args = ['--port', '0', '--guests', 'none', '--log', level, '--environment-file', file];
  const running = start(program, args, { env: { PATH: process.env['PATH'] } });
  await running.seen(/^export NUTANIX_PORT=/m);
  while (!existsSync(file)) await new Promise(setImmediate);
  const environment = readFileSync(file, 'utf8');
  const port = /NUTANIX_PORT=(\d+)/.exec(environment)?.[1];
  await new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/api/nutanix/v3/versions', rejectUnauthorized: false };
    get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
  running.interrupt();
  return { environment, outcome: await running.outcome };
}

/** What only shows in the programs as they are shipped. */
describe.each([
  ['executable', dist('prism-simulator')],
  ['Node build', join(ROOT, 'dist', 'node', 'bin', 'prism-simulator.js')],
])('prism-simulator, %s', (_, program) => {
  test('writes the environment to a file, and logs requests at level debug only', async () => {
    const [quiet, talkative] = [await asked(program, 'info'), await asked(program, 'debug')];
    expect(quiet.environment).toMatch(/^export NUTANIX_ENDPOINT=127\.0\.0\.1$/m);
    expect([quiet.outcome.code, quiet.outcome.stderr]).toEqual([0, '']);
    expect(talkative.outcome.stderr).toMatch(/^\S+Z debug GET \/api\/nutanix\/v3\/versions 401 /m);
  });
});
