import { spawnSync } from 'node:child_process';
import { ACCEPTANCE_TEST } from '../../interop/fleeting/host.js';
import { Cloud, NOTHING_LEFT } from '../cloud.js';
import { start } from '../run.js';
import { PLUGIN, Runner, withRunning } from './runner.js';

/** GitLab's acceptance test of fleeting plugins, unchanged: integration.TestProvisioning of its module. */
describe("GitLab's acceptance test", () => {
  let cloud: Cloud;
  let runner: Runner;

  beforeAll(async () => {
    cloud = await Cloud.start();
    runner = new Runner(cloud);
  });
  afterAll(async () => {
    await runner.close();
    await cloud.close();
  });

  async function provisioning(external: '0' | '1'): Promise<string> {
    const env = {
      ...runner.env,
      FLEETING_PLUGIN: PLUGIN,
      FLEETING_PLUGIN_CONFIG: JSON.stringify(runner.config),
      FLEETING_USE_EXTERNAL_ADDR: external,
    };
    const { code, output } = await start(ACCEPTANCE_TEST, ['-test.v', '-test.timeout=90s'], { env }).outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }

  // Where an instance is still being made when the command is to run, the test leaves the command out, and passes.
  const ranOnOne = /connecting: ci-small-\w{8}, root, 127\.\d+\.\d+\.\d+/g;

  test('passes in an empty group, and leaves nothing', async () => {
    const output = await provisioning('1');
    expect(output).toContain('--- PASS: TestProvisioning');
    expect(output.match(ranOnOne)).toHaveLength(1);
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('passes in a group with instances of an earlier start, which it removes', async () => {
    const host = await runner.ready();
    const earlier = await withRunning(host, 2);
    await host.kill();
    expect(cloud.vmNames().sort()).toEqual([...earlier].sort());
    const output = await provisioning('0');
    expect(output).toContain('--- PASS: TestProvisioning');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });
});

test('it fails for a plugin that is none', () => {
  const env = { ...process.env, FLEETING_PLUGIN: '/bin/true', FLEETING_PLUGIN_CONFIG: '{}' };
  expect(spawnSync(ACCEPTANCE_TEST, ['-test.v'], { env }).status).toBe(1);
});
