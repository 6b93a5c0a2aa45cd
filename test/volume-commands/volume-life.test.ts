import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrismVolumes } from '../../src/prism/index.js';
import { PRESET, type Simulator } from '../../src/simulator/index.js';
import { runVolumeCommands } from '../../src/volume-commands/index.js';
import { hasty, simulated } from '../prism/simulated.js';

/** Commands in front of the simulator: what they print for people and for programs, and how they end. */
describe('volumes by command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'volume-life-'));
  const config = join(folder, 'nutanix-volume.yaml');
  const { start, stop } = simulated();
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
    const { host: endpoint, port, username, password, fingerprint } = simulator;
    const settings = { endpoint, port, username, password, fingerprint: `sha256:${fingerprint}` };
    const more = { cluster: PRESET.cluster.name, folder: join(folder, 'state') };
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ ...settings, ...more }), { mode: 0o600 });
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  async function run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    let stdout = '';
    let stderr = '';
    const code = await runVolumeCommands({
      args: line.split(' '),
      version: '1.2.3',
      environment: { NUTANIX_VOLUME_CONFIG: config },
      processId: process.pid,
      isRoot: true,
      print: (text) => (stdout += text),
      errors: {
        write: (bytes) => (stderr += bytes.toString()),
        flush: () => Promise.resolve(),
        broken: false,
      },
      input: () => Promise.resolve(''),
      connect: (connection, logger) =>
        Promise.resolve(createPrismVolumes(connection, { logger, clock: hasty, userAgent: 'test' })),
      stop: new AbortController().signal,
    });
    return { code, stdout, stderr };
  }
  const json = async (line: string): Promise<unknown> => {
    const { code, stdout, stderr } = await run(`${line} --json`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(stdout);
  };
  const anyText = expect.any(String) as string;

  test('create, inspect, ls, grow: one shape of a volume', async () => {
    const GIB = 2 ** 30;
    const db = { id: anyText, name: 'db', sizeBytes: GIB, filesystem: 'ext4', holders: [], holderNodes: [] };
    expect(await json('create db --size 1G -o fs=ext4')).toEqual({ ...db, madeAt: anyText });
    expect(await json('inspect db')).toEqual([{ ...db, madeAt: anyText }]);
    expect(await json('grow db 2G')).toEqual({ ...db, sizeBytes: 2 * GIB, madeAt: anyText });
    expect(await json('ls')).toEqual([{ ...db, sizeBytes: 2 * GIB, madeAt: anyText }]);
    expect((await run('ls')).stdout).toMatch(/^NAME +SIZE +FS +HELD BY +MOUNTED AT\ndb +2G +ext4 +- +-\n$/);
  });

  test('a copy begins with its original', async () => {
    expect(await json('clone db copy')).toMatchObject({ name: 'copy', sizeBytes: 2 * 2 ** 30 });
  });

  test('snapshots: made once by name, listed, deleted by id', async () => {
    const made = { id: anyText, name: 'monday', volumeId: anyText, ready: true };
    expect(await json('snapshot create db monday')).toMatchObject(made);
    const [listed] = (await json('snapshot ls db')) as { id: string }[];
    expect(listed).toMatchObject(made);
    expect(await run(`snapshot rm ${listed?.id ?? ''}`)).toMatchObject({ code: 0, stdout: '' });
    expect(await json('snapshot ls')).toEqual([]);
  });

  test('inspect prints what there is, and fails for what is missing', async () => {
    const { code, stdout, stderr } = await run('inspect db none');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('there is no volume "none"') as string,
    });
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'db' }]);
  });

  test('rm says what it removed, and warns of a name that is missing', async () => {
    const { code, stdout, stderr } = await run('rm none copy');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'copy\n' });
    expect(stderr).toContain('there is no volume "none"; nothing was removed');
    expect(await json('rm copy db')).toEqual(['db']);
    expect(await json('ls')).toEqual([]);
  });

  test('what was removed is listed, comes back, or goes for good', async () => {
    const removed = { at: anyText, keptUntil: anyText };
    expect(await json('ls --removed')).toMatchObject([
      { name: 'copy', removed },
      { name: 'db', removed },
    ]);
    expect(await json('restore db')).toMatchObject({ name: 'db', sizeBytes: 2 * 2 ** 30 });
    expect(await json('purge')).toEqual([]);
    expect(await json('purge copy --yes')).toEqual([
      expect.stringMatching(/^copy\.removed-\d{8}T\d{6}Z$/) as string,
    ]);
    expect(await run('purge copy --yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such removed volume') as string,
    });
    expect(await run('rm db --delete --yes')).toMatchObject({ code: 0, stdout: 'db\n' });
    expect(await json('ls --removed')).toEqual([]);
  });
});
