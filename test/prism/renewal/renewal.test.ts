import { createPrismProvider, createPrismVolumes } from '../../../src/prism/index.js';
import type { Connection } from '../../../src/provider/index.js';
import { PRESET, type Simulator } from '../../../src/simulator/index.js';
import { OperationError, type Logger } from '../../../src/support/index.js';
import { context } from '../fixtures.js';
import { hasty, simulated } from '../simulated.js';

const { start, stop } = simulated();
afterEach(stop);

/** What a process of long life has of a simulator whose password was changed after the process had read it. */
async function afterChange(now: (right: Connection) => Promise<Connection>) {
  const simulator = await start();
  const right = rightFor(simulator);
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  const logger: Logger = { debug: () => undefined, info: keep, warn: keep };
  let reads = 0;
  const readAgain = async (): Promise<Connection> => {
    reads += 1;
    return await now(right);
  };
  const dependencies = { logger, clock: hasty, userAgent: 'test-driver/1', readAgain };
  return { old: withPassword(right, 'of-yesterday'), dependencies, lines, reads: () => reads };
}

function rightFor({ host, port, fingerprint, username, password }: Simulator): Connection {
  return {
    host,
    port,
    credentials: { kind: 'password', username, password },
    trust: { kind: 'fingerprint', sha256: fingerprint },
  };
}

function withPassword(connection: Connection, password: string): Connection {
  return { ...connection, credentials: { kind: 'password', username: 'admin', password } };
}

describe('credentials that were changed under a process that stays', () => {
  test.each(['v3', 'v4', 'auto'])(
    'VMs, API %s: calls at the same time read them once, and are done',
    async (api) => {
      const { old, dependencies, lines, reads } = await afterChange(
        async (right) => await Promise.resolve({ ...right, api }),
      );
      const provider = createPrismProvider({ ...old, api }, dependencies);
      const listed = await Promise.all(
        [1, 2, 3].map(async () => await provider.listOwned(undefined, context())),
      );
      expect(listed).toEqual([[], [], []]);
      await provider.listOffers(context());
      expect(reads()).toBe(1);
      expect(lines).toEqual([expect.stringContaining('were read again')]);
      expect(lines.join()).not.toContain('of-yesterday');
      await provider.close();
    },
  );

  test('volumes alike', async () => {
    const { old, dependencies, reads } = await afterChange(async (right) => await Promise.resolve(right));
    const volumes = createPrismVolumes(old, dependencies);
    const placement = await volumes.resolvePlacement({ cluster: PRESET.cluster.name }, context());
    expect(placement.cluster.name).toBe(PRESET.cluster.name);
    expect(reads()).toBe(1);
    await volumes.close();
  });

  test('a certificate that is another one now', async () => {
    const { old, dependencies } = await afterChange(async (right) => await Promise.resolve(right));
    const trust = { kind: 'fingerprint', sha256: '0'.repeat(64) } as const;
    const provider = createPrismProvider({ ...old, trust }, dependencies);
    await expect(provider.listOwned(undefined, context())).resolves.toEqual([]);
    await provider.close();
  });

  test('the same ones are not tried again: an account would be locked', async () => {
    const { old, dependencies, lines } = await afterChange(
      async (right) => await Promise.resolve({ ...withPassword(right, 'of-yesterday'), api: 'v3' }),
    );
    const sent: string[] = [];
    const logger: Logger = { ...dependencies.logger, debug: (line) => void sent.push(line) };
    const provider = createPrismProvider({ ...old, api: 'v3' }, { ...dependencies, logger });
    const refusal = await provider.listOwned(undefined, context()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'unauthenticated' });
    expect(sent.filter((line) => line.includes('vms/list'))).toHaveLength(1);
    expect(lines).toEqual([]);
    await provider.close();
  });

  test('where they cannot be read, the refusal stays, and the next call reads them anew', async () => {
    const problem = 'there is no such file';
    let isThere = false;
    const { old, dependencies, lines } = await afterChange(async (right) => {
      await Promise.resolve();
      if (isThere) return right;
      throw new OperationError({ code: 'invalid-input', attempted: 'read the credentials', problem });
    });
    const provider = createPrismProvider(old, dependencies);
    await expect(provider.listOwned(undefined, context())).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(lines).toEqual([expect.stringContaining(problem)]);
    isThere = true;
    await expect(provider.listOwned(undefined, context())).resolves.toEqual([]);
    await provider.close();
  });
});
