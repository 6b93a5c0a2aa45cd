import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { SimulatorOptions } from '../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { dist, type Machine } from './machine.js';
import type { Running } from './run.js';
import { onApi } from './spoken-api.js';

const HOSTS = 50;
const BOUND = 10;

/** What Prism Central takes a second: only API v4 names limits, so it is asked with them. */
const [LIMITS, OPTIONS] = onApi<readonly [string, SimulatorOptions]>({
  v3: ['without limits', {}],
  v4: ['with the limits that were recorded', { v4Limits: 'recorded' }],
});

/** The tests build on each other. */
describe(`${HOSTS} hosts, ${BOUND} at a time, ${LIMITS}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-many-'));
  const file = join(folder, 'hosts.yaml');
  /** Hosts whose VM was switched on, and those of which nutanix-hosts has said that they are done. */
  const begun = new Set<string>();
  const ended = new Set<string>();
  let most = 0;
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    const lines = ['name: many', `parallel: ${BOUND}`, `groups: [{ name: many, count: ${HOSTS} }]`];
    writeFileSync(file, lines.join('\n'));
    cloud = await Cloud.start(OPTIONS, ({ name }) => {
      begun.add(name);
      most = Math.max(most, begun.size - ended.size);
      return undefined;
    });
    machine = cloud.machine({ NUTANIX_WAIT_FOR: 'ssh' });
    machine.limit = 350_000;
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.close();
  });

  const run = (command: string, ...options: string[]): Running =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options);

  test('all are made, and never more than the bound at a time', async () => {
    const running = run('apply', '--json');
    const lines = createInterface({ input: running.child.stdout ?? Readable.from([]) });
    lines.on('line', (line) => {
      const host = /"event":"end","host":"([^"]+)"/.exec(line)?.[1];
      if (host !== undefined) ended.add(host);
    });
    const { code, output } = await running.outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    // A refusal for the number of requests is waited out by the plugin, and no text tells of it. The times are numbers.
    const texts = output.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    expect(texts).toContain('"summary"');
    expect(texts.filter((text) => /\b429\b|Too Many Requests/.test(text))).toEqual([]);
    expect(cloud.vmNames()).toHaveLength(HOSTS);
    expect(most).toBeGreaterThan(BOUND / 2);
    expect(most).toBeLessThanOrEqual(BOUND);
  });

  test('again: nothing to do, and Prism is only asked', async () => {
    const before = writes(cloud);
    const { code, output } = await run('apply').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Nothing to do');
    expect(writes(cloud)).toBe(before);
  });

  test('destroy, on Node: leaves nothing, and Node has nothing to warn of', async () => {
    const script = dist('node/bin/nutanix-hosts.js');
    const { outcome } = machine.startProgram('node', script, 'destroy', '-f', file, '--yes');
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
    expect(cloud.left()).toEqual(NOTHING_LEFT);
    expect(await machine.run('ls', '-q')).toBe('');
  });
});

/** Requests so far that change something; what is not served, such as v4 when it is looked for, changes nothing. */
function writes({ simulator }: Cloud): number {
  return Object.entries(simulator.requestCounts())
    .filter(([route]) => !/^(GET|OPTIONS) |\/list$|^\(unknown\)$/.test(route))
    .reduce((sum, [, count]) => sum + count, 0);
}
