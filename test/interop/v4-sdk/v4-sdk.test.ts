import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startSimulator, type Simulator } from '../../../src/simulator/index.js';

/**
 * Nutanix's own v4 SDKs for Python against the simulator, unchanged. Each function of calls/test_*.py makes one call
 * and is one test here, so that a call that fails has a name. `make python-sdks` installs the SDKs.
 */
const RUNS = [
  { sdks: 'newest', pcVersion: 'pc.7.6' },
  { sdks: 'newest', pcVersion: 'pc.7.5' },
  { sdks: 'v4.0', pcVersion: 'pc.2024.3' },
  { sdks: 'v4.0', pcVersion: 'pc.7.6' },
  // These SDKs are too new for that Prism Central, and say so.
  { sdks: 'newest', pcVersion: 'pc.2024.3', only: 'calls/test_negotiation.py' },
] as const;

/** So many calls at least are made by the SDKs of pc.7.6's own age. */
const CALLS = 60;

const callShape = z.object({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'skipped']).optional(),
  text: z.string().default(''),
});
type Call = z.infer<typeof callShape>;

/** Nothing is written beside the sources. */
const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

const python = (sdks: string): string =>
  join(__dirname, '..', '..', '..', '.tools', 'python-v4-sdk', sdks, 'bin', 'python');

const folder = mkdtempSync(join(tmpdir(), 'v4-sdk-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parsedCalls = (file: string): Call[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => callShape.parse(JSON.parse(line)));

describe.each(RUNS)('SDKs $sdks with $pcVersion', (run) => {
  const { sdks, pcVersion } = run;
  const selection = 'only' in run ? [run.only] : [];
  const file = join(folder, `${sdks}-${pcVersion}`);
  const names = namesOfCalls(sdks, `${file}.names`, selection);
  const calls = new Map<string, Call>();
  let output = '';

  beforeAll(async () => {
    const viewer = { username: 'viewer', password: 'v4-sdk-viewer', role: 'viewer' } as const;
    const simulator = await startSimulator({ pcVersion, users: [viewer] });
    const caFile = `${file}.pem`;
    writeFileSync(caFile, simulator.certificatePem);
    const server = serverOf(simulator, { caFile, viewerPassword: viewer.password, pcVersion });
    try {
      output = await pytest(sdks, ['--calls', `${file}.calls`, ...selection], server);
    } finally {
      await simulator.close();
    }
    for (const call of parsedCalls(`${file}.calls`)) calls.set(call.name, call);
  });

  test('every call was made', () => {
    const made = [...calls.values()].filter(({ outcome }) => outcome !== 'skipped').length;
    expect([...calls.keys()]).toEqual(names);
    expect(made).toBeGreaterThanOrEqual(selection.length === 0 ? CALLS : 1);
  });

  test.each(names)('%s', (name) => {
    const call = calls.get(name) ?? { outcome: 'failed', text: output };
    expect(call.outcome === 'failed' ? call.text : '').toBe('');
  });
});

/** What harness/clients.py calls a Server. */
function serverOf(
  simulator: Simulator,
  others: { readonly caFile: string; readonly viewerPassword: string; readonly pcVersion: string },
): string {
  return JSON.stringify({
    host: simulator.host,
    port: simulator.port,
    ca_file: others.caFile,
    username: simulator.username,
    password: simulator.password,
    viewer_password: others.viewerPassword,
    pc_version: others.pcVersion,
  });
}

/** Asked before any test runs, for each is to be a test of its own. */
function namesOfCalls(sdks: string, file: string, selection: readonly string[]): string[] {
  const parameters = ['-m', 'pytest', '--list', '--calls', file, ...selection];
  const run = spawnSync(python(sdks), parameters, { cwd: __dirname, encoding: 'utf8', env: environment });
  // pytest's status 5: no test was run, as asked.
  if (run.status !== 5) throw new Error(run.error?.message ?? run.stdout + run.stderr);
  return parsedCalls(file).map(({ name }) => name);
}

/** Runs to the end while this process serves the simulator. Gives back what pytest printed. */
async function pytest(sdks: string, parameters: readonly string[], server: string): Promise<string> {
  const child = spawn(python(sdks), ['-m', 'pytest', ...parameters], {
    cwd: __dirname,
    env: { ...environment, V4_SDK_SERVER: server },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return output;
}
