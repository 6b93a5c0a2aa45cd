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
    const { code, output } = await start(ACCEPTANCE_TEST, ['-test.v', '-test.timeout=280s'], { env }).outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }

  // Where an instance is still being made when the command is to run, the test leaves the command out, and passes: it waits for
  // two instances of the three, and for any news of them. So it is run until the command was, on a busy computer.
  const ranOnOne = /connecting: ci-small-\w{8}, root, 127\.\d+\.\d+\.\d+/;
  const MOST_RUNS = 5;

  test('passes in an empty group, and leaves nothing', async () => {
    let output = '';
    for (let runs = 0; runs < MOST_RUNS && !ranOnOne.test(output); runs += 1) {
      output = await provisioning('1');
      expect(output).toContain('--- PASS: TestProvisioning');
      expect(cloud.left()).toEqual(NOTHING_LEFT);
    }
    expect(output).toMatch(ranOnOne);
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
