import { createPrismProvider } from '../../src/prism/index.js';
import type { SimulatorOptions } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { context } from './fixtures.js';
import { hasty, left, NOTHING, simulated, specFrom } from './simulated.js';

const { start, stop } = simulated();
afterEach(stop);

/** What is written into a VM by one process is found by another one, on every version. */
test.each<[string, SimulatorOptions, object]>([
  ['pc.2024.3', {}, { machineName: 'web-1' }],
  ['5.10', { pcVersion: '5.10.3' }, { machineName: 'web-1' }],
  [
    'a server that reserves nothing',
    { faults: [{ name: 'no', match: { path: '/idempotence_identifiers' }, do: { status: 403 } }] },
    { machineName: 'web-1' },
  ],
])('%s: the ownership tag leads to the VM, and to its removal', async (_, options, expected) => {
  const simulator = await start(options);
  const { host, port, username, password, fingerprint } = simulator;
  const connect = (origin?: string) =>
    createPrismProvider(
      {
        host,
        port,
        credentials: { kind: 'password', username, password },
        trust: { kind: 'fingerprint', sha256: fingerprint },
        api: 'v3',
      },
      { logger: silentLogger, clock: hasty, userAgent: 'test-driver/1', origin, group: 'ci runners' },
    );
  const [maker, finder] = [connect('Ünï [x]@build-7'), connect()];
  try {
    const creationToken = await maker.issueCreationToken('web-1', context());
    const id = await maker.create(creationToken, await specFrom(maker), context());
    const [found, ...more] = await finder.listOwned(undefined, context());
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      id,
      creationToken,
      name: 'web-1',
      power: 'on',
      genuine: true,
      ...expected,
    });
    expect(found).toMatchObject({ origin: '-n-x-@build-7', group: 'ci-runners', account: username });
    expect(await finder.readOwned(id, context())).toEqual(found);
    expect(await finder.listOwned('web-', context())).toEqual([found]);
    expect(await finder.listOwned('eb-', context())).toEqual([]);

    await finder.remove({ name: 'web-1', creationToken, vmId: id }, context());
    expect(left(simulator)).toEqual(NOTHING);
    expect(await finder.listOwned(undefined, context())).toEqual([]);
    expect(await finder.readOwned(id, context())).toBeUndefined();
  } finally {
    await Promise.all([maker.close(), finder.close()]);
  }
});
