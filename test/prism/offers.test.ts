import { createPrismProvider, type PrismProvider } from '../../src/prism/index.js';
import { PRESET, type Simulator } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { context, rejection } from './fixtures.js';
import { hasty, simulated } from './simulated.js';

const { start, stop } = simulated();
afterEach(stop);

function connect({ host, port, username, password, fingerprint }: Simulator, api: string): PrismProvider {
  const credentials = { kind: 'password', username, password } as const;
  const trust = { kind: 'fingerprint', sha256: fingerprint } as const;
  return createPrismProvider(
    { host, port, credentials, trust, api },
    { logger: silentLogger, clock: hasty, userAgent: 'test-driver/1' },
  );
}

/** Both APIs tell the same of the same Prism Central. */
test.each(['v3', 'v4'])('%s: clusters, images and subnets of which a VM can be made', async (api) => {
  const simulator = await start({ pcVersion: 'pc.7.6' });
  const provider = connect(simulator, api);
  const { clusters, images, subnets } = await provider.listOffers(context()).finally(() => provider.close());
  const { uuid: cluster } = PRESET.cluster;
  // Prism Central, which lists itself, is none.
  expect(clusters.map(({ name }) => name).sort()).toEqual(['DR-Cluster', PRESET.cluster.name]);
  // An ISO image is none of a system disk, and neither is one that is being imported.
  expect(images.map(({ name }) => name).sort()).toEqual([
    'debian-12-cloudimg',
    'golden-image',
    'golden-image',
    PRESET.image.name,
  ]);
  expect(images).toContainEqual({
    id: PRESET.image.uuid,
    name: PRESET.image.name,
    sizeBytes: 2 * 2 ** 30,
    clusters: expect.arrayContaining([cluster]) as unknown,
  });
  const { managedSubnet, overlaySubnet } = PRESET;
  expect(subnets).toContainEqual({
    id: managedSubnet.uuid,
    name: managedSubnet.name,
    isManaged: true,
    clusters: [cluster],
  });
  expect(subnets).toContainEqual({
    id: overlaySubnet.uuid,
    name: overlaySubnet.name,
    isManaged: true,
    clusters: [],
  });
});

test('lists that are refused are told together, a server that is away once', async () => {
  const refused = await start({
    users: [{ username: 'reader', password: 'reads', role: 'viewer' }],
    faults: [
      { name: 'images', match: { path: '/images/list' }, do: { status: 403 } },
      { name: 'subnets', match: { path: '/subnets/list' }, do: { status: 403 } },
    ],
  });
  const provider = connect(refused, 'v3');
  const error = await rejection(provider.listOffers(context()));
  expect(error).toMatchObject({ code: 'permission-denied' });
  expect(String(error)).toMatch(/list the images.*list the subnets/);
  await provider.close();
  // A role without rights sees short lists instead of an error, as it was recorded.
  const reader = connect({ ...refused, username: 'reader', password: 'reads' }, 'v3');
  refused.clearFaults();
  const nothing = await reader.listOffers(context()).finally(() => reader.close());
  expect(nothing).toEqual({ clusters: [], images: [], subnets: [] });
  const denied = connect({ ...refused, password: 'wrong' }, 'v3');
  const wrong = await rejection(denied.listOffers(context())).finally(() => denied.close());
  expect(wrong).toMatchObject({ code: 'unauthenticated' });
  expect(String(wrong)).not.toContain('(2)');
});
