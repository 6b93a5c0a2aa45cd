import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostLifecycle } from '../../src/host/index.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { PREPARED } from '../session/fake-hosts.js';
import { MemoryProcess } from './memory-process.js';
import { FLAGS } from './plugin-client.js';

/** Functions of ours, async ones too, that stand in a stack: `file function`, the innermost first. */
function framesIn(stack: string): string[] {
  return stack.split('\n').flatMap((line) => {
    const [, name = '', file] =
      /^\s*at (?:async )?(.*?) ?\(?[^ (]*\/src\/([^:]+):\d+:\d+\)?$/.exec(line) ?? [];
    return file === undefined ? [] : [`${file} ${name}`];
  });
}

/** The stack of the first request that Create sends to the cloud. */
async function stackOfCreate(folder: string): Promise<string> {
  const plugin = new MemoryProcess();
  let stack = '';
  plugin.cloud.lifecycle = async () => {
    const provider = await plugin.cloud.connect({
      host: 'pc.test',
      port: 9440,
      credentials: { kind: 'api-key', key: 'k' },
      trust: { kind: 'system' },
    });
    const create = (): Promise<string> => {
      stack = new Error('the stack').stack ?? '';
      return Promise.reject(new Error('the end'));
    };
    const deps = { logger: silentLogger, clock: systemClock };
    return createHostLifecycle({
      provider: { ...provider, create, remove: () => Promise.resolve() },
      ...deps,
    });
  };
  const client = await plugin.connect();
  try {
    await client.setConfig({ MachineName: 'web-1', StorePath: folder });
    await client.setFlags(FLAGS);
    await client.setConfig({ CreationKey: PREPARED.creationToken, Placement: PREPARED.placement });
    await expect(client.call('Create')).rejects.toThrow('the end');
  } finally {
    await plugin.end();
  }
  return stack;
}

describe('the way of Create', () => {
  const folder = mkdtempSync(join(tmpdir(), 'create-path-'));
  const limit = Error.stackTraceLimit;
  beforeAll(() => (Error.stackTraceLimit = 100));
  afterAll(() => {
    Error.stackTraceLimit = limit;
    rmSync(folder, { recursive: true });
  });

  test('from its row in the table to createHost has at most four frames, closures counted', async () => {
    const frames = framesIn(await stackOfCreate(folder));
    const [inner] = frames;
    // The row calls it synchronously, so it is the outermost of the frames that wait for another one.
    const outer = frames.findIndex((frame) => frame === 'session/host-session.ts HostSession.create');
    expect(inner).toMatch(/^host\/create-host\.ts /);
    expect(outer).toBeGreaterThan(0);
    expect(frames.slice(outer + 1).filter((frame) => !frame.startsWith('netrpc/'))).toEqual([]);
    expect(outer).toBeLessThanOrEqual(4);
    expect(frames.slice(1, outer + 1).every((frame) => frame.startsWith('session/'))).toBe(true);
  });
});
