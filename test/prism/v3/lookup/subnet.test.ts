import type { Reference } from '../../../../src/provider/index.js';
import { chooseSubnet } from '../../../../src/prism/shared/index.js';
import { entitiesMeant } from '../../../../src/prism/v3/lookup/entities.js';
import { subnetFrom } from '../../../../src/prism/v3/lookup/subnet.js';
import { context, missing, recording } from '../../fixtures.js';
import { CLUSTER, list, OTHER_CLUSTER, subnet } from '../../placement.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const LIST = 'POST subnets/list';
const home: Reference = { id: CLUSTER, name: 'ganon' };

interface Wanted {
  readonly name?: string;
  readonly cluster?: Reference | undefined;
  readonly address?: string;
}

async function find(wanted: Wanted, ...steps: (readonly [string, Answer])[]): Promise<unknown> {
  const { prism, backend } = await start();
  for (const [call, answer] of steps) prism.on(call, answer);
  const { name = 'net', address } = wanted;
  const cluster = 'cluster' in wanted ? wanted.cluster : home;
  const meant = { kind: 'subnet', name };
  const found = await entitiesMeant(backend, 'subnet', meant, context())
    .then((all) => all.map((one) => subnetFrom(one, name)))
    .then((all) => chooseSubnet(meant, all, cluster, address))
    .catch((error: unknown) => error);
  prism.done();
  return found;
}

test('of two of one name, the one of the target cluster', async () => {
  const answer = list(subnet('s1', 'net', OTHER_CLUSTER), subnet('s2', 'net', CLUSTER));
  expect(await find({}, [LIST, answer])).toEqual({ id: 's2', name: 'net' });
});

test('an overlay subnet fits every cluster, a VLAN subnet without a cluster too', async () => {
  const overlay = subnet('s1', 'net', undefined, { subnet_type: 'OVERLAY', vpc_reference: { uuid: 'v' } });
  expect(await find({}, [LIST, list(overlay)])).toEqual({ id: 's1', name: 'net' });
  expect(await find({}, [LIST, list(subnet('s2', 'net'))])).toEqual({ id: 's2', name: 'net' });
});

test('by UUID, from the recorded subnet, with a static address on its managed network', async () => {
  const uuid = 'c7938dc6-7659-453e-a688-e26020c68e43';
  const answer = { status: 200, json: recording('GetSubnet').response.body };
  const wanted = { name: uuid.toUpperCase(), address: '10.40.142.60' };
  expect(await find(wanted, [`GET subnets/${uuid}`, answer])).toEqual({ id: uuid, name: 'sherlock_net' });
});

test('only on another cluster: says where', async () => {
  const error = await find({}, [LIST, list(subnet('s1', 'net', OTHER_CLUSTER))]);
  expect(error).toMatchObject({
    code: 'invalid-input',
    problem: `it is not a network of cluster "ganon"; it belongs to ${OTHER_CLUSTER}`,
  });
});

test('two that fit: both UUIDs, and where they are', async () => {
  const overlay = subnet('s2', 'net', undefined, { subnet_type: 'OVERLAY' });
  const error = await find({}, [LIST, list(subnet('s1', 'net', CLUSTER), overlay)]);
  expect(error).toMatchObject({
    code: 'ambiguous',
    problem: `the name fits 2: s1 (${CLUSTER}), s2 (no cluster)`,
  });
});

test('unknown: the nearest names of the whole list', async () => {
  const error = await find({ name: 'nett' }, [LIST, list()], [LIST, list(subnet('s1', 'net', CLUSTER))]);
  expect(error).toMatchObject({ code: 'not-found', advice: 'This account sees "net".' });
});

test('an unknown UUID is not found either', async () => {
  const uuid = 'c7938dc6-7659-453e-a688-e26020c68e43';
  const error = await find({ name: uuid }, [`GET subnets/${uuid}`, missing(uuid)], [LIST, list()]);
  expect(error).toMatchObject({ code: 'not-found', attempted: `look up subnet "${uuid}"` });
});

test('a static address needs a managed subnet', async () => {
  const error = await find({ address: '10.0.0.5' }, [LIST, list(subnet('s1', 'net', CLUSTER))]);
  expect(error).toMatchObject({ code: 'invalid-input' });
  expect(String(error)).toContain('the static address 10.0.0.5 needs a subnet whose addresses Prism manages');
});

test('while the cluster is unknown, existing is enough', async () => {
  const answer = list(subnet('s1', 'net', CLUSTER), subnet('s2', 'net', OTHER_CLUSTER));
  expect(await find({ cluster: undefined }, [LIST, answer])).toEqual({ id: 's1', name: 'net' });
});

test.each(['网络 (NOIPAM)', 'a,b;c|d', "o'brien: 50%"])(
  '%p is found by reading the whole list',
  async (name) => {
    expect(
      await find({ name }, [LIST, list(subnet('s1', 'x', CLUSTER), subnet('s2', name, CLUSTER))]),
    ).toEqual({
      id: 's2',
      name,
    });
  },
);
