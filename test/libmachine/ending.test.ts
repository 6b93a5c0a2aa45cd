import { OperationError } from '../../src/support/index.js';
import { aborted } from '../session/fake-hosts.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS, type PluginClient } from './plugin-client.js';

let plugin: MemoryProcess;
let client: PluginClient;
let steps: string[];

beforeEach(async () => {
  plugin = new MemoryProcess();
  client = await plugin.connect();
  await client.setConfig({ MachineName: 'web-1', StorePath: '/store' });
  await client.setFlags(FLAGS);
  steps = [];
});

/** A Create that takes for ever, and some time to undo what it did. */
async function startCreate(): Promise<{ answer: Promise<unknown>; cleanUp: () => void }> {
  let cleanUp = (): void => undefined;
  const cleaned = new Promise<void>((resolve) => (cleanUp = resolve));
  const created = new Promise<void>((resolve) => {
    plugin.cloud.hosts.acts.create = async (context) => {
      resolve();
      await aborted(context);
      steps.push('aborted');
      await cleaned;
      steps.push('cleaned up');
      throw OperationError.from(context.signal.reason, 'create');
    };
  });
  const answer = client.call('Create').catch(String);
  await created;
  return { answer, cleanUp };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('the end of the process', () => {
  test('by a signal during Create waits for its clean-up, answers it, and still hears heartbeats', async () => {
    const { answer, cleanUp } = await startCreate();
    plugin.kill('SIGINT', 2);
    void plugin.exitCode.then(() => steps.push('ended'));
    await turn();
    expect(steps).toEqual(['aborted']);
    await expect(client.call('Heartbeat')).resolves.toEqual({});
    await expect(client.call('Start')).rejects.toThrow(/received SIGINT/);
    cleanUp();
    await expect(answer).resolves.toContain('work on machine "web-1": received SIGINT');
    await expect(plugin.exitCode).resolves.toBe(130);
    expect(steps).toEqual(['aborted', 'cleaned up', 'ended']);
  });

  test('by a second signal does not wait', async () => {
    await startCreate();
    plugin.kill('SIGTERM', 15);
    plugin.kill('SIGTERM', 15);
    await expect(plugin.exitCode).resolves.toBe(143);
    expect(steps).not.toContain('cleaned up');
  });

  test('by Close is answered at once, and cuts off what runs', async () => {
    const { cleanUp } = await startCreate();
    await expect(client.call('Close')).resolves.toEqual({});
    cleanUp();
    await expect(plugin.exitCode).resolves.toBe(0);
    expect(steps).toEqual(['aborted', 'cleaned up']);
  });

  test('comes when the client that started us is gone: connection closed, and another parent', async () => {
    const { cleanUp } = await startCreate();
    plugin.parentPid = 1;
    await turn();
    expect(steps).toEqual([]);
    client.close();
    cleanUp();
    await expect(plugin.exitCode).resolves.toBe(1);
    expect(steps).toEqual(['aborted', 'cleaned up']);
  });

  test('gives back the connection to the cloud', async () => {
    await client.call('PreCreateCheck');
    await client.call('Close');
    await plugin.exitCode;
    expect(plugin.cloud.closed).toBe(1);
  });
});

describe('clients', () => {
  test('may come and go, and share the machine', async () => {
    const second = await plugin.connect();
    client.close();
    await expect(second.call('GetMachineName')).resolves.toBe('web-1');
    await plugin.end();
  });

  test('that break off an operation have it aborted, and the process goes on', async () => {
    const { cleanUp } = await startCreate();
    const second = await plugin.connect();
    client.close();
    cleanUp();
    await turn();
    await expect(second.call('GetVersion')).resolves.toBe(1);
    await plugin.end();
  });
});

test('an error that nothing catches is noted, and the process goes on', async () => {
  plugin.fault(new Error('surprise'));
  await expect(client.call('GetVersion')).resolves.toBe(1);
  expect(plugin.stderr.text).toContain('internal fault: Error: surprise');
  await plugin.end();
});
