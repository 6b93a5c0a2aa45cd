import { findCluster } from '../../../../src/prism/v3/lookup/cluster.js';
import { context, recording, rejection } from '../../fixtures.js';
import { cluster, CLUSTER, list, OTHER_CLUSTER, PRISM_CENTRAL } from '../../placement.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const LIST = 'POST clusters/list';
const ganon = cluster(CLUSTER, 'ganon', 'AOS');

async function find(name: string, answer: Answer): Promise<unknown> {
  const { prism, backend } = await start();
  prism.on(LIST, answer);
  const found = await findCluster(backend, name, context()).catch((error: unknown) => error);
  prism.done();
  return found;
}

test('by name, in the recorded list', async () => {
  const answer = { status: 200, json: recording('ListCluster').response.body };
  expect(await find('ganon', answer)).toEqual({ id: CLUSTER, name: 'ganon' });
});

test.each([CLUSTER, CLUSTER.toUpperCase()])('by UUID %s', async (uuid) => {
  expect(await find(uuid, list(ganon, PRISM_CENTRAL))).toEqual({ id: CLUSTER, name: 'ganon' });
});

test('a Prism Central of the same name is not meant', async () => {
  const namesake = cluster('0005b0f1-0000-0000-0000-000000000001', 'ganon', 'PRISM_CENTRAL');
  expect(await find('ganon', list(namesake, ganon))).toEqual({ id: CLUSTER, name: 'ganon' });
});

test.each(['Unnamed', '0005b0f1-0000-0000-0000-000000000001'])(
  'Prism Central itself (%s) is refused',
  async (name) => {
    expect(await find(name, list(PRISM_CENTRAL, ganon))).toMatchObject({
      code: 'invalid-input',
      problem: 'this is the Prism Central itself, which runs no VMs',
    });
  },
);

test('an unknown name: those that come near, never Prism Central', async () => {
  const others = [
    cluster('u1', 'Ganon-2', 'AOS'),
    cluster('u2', 'zelda', 'AOS'),
    cluster('u3', 'link', 'AOS'),
  ];
  const error = await find('ganon2', list(PRISM_CENTRAL, ...others));
  expect(error).toMatchObject({ code: 'not-found', attempted: 'look up cluster "ganon2"' });
  expect(error).toMatchObject({ advice: 'This account sees "Ganon-2", "link", "zelda".' });
});

test('nothing visible: the account’s rights are the likely reason', async () => {
  const error = await find('ganon', list());
  expect(error).toMatchObject({ code: 'not-found' });
  expect(String(error)).toContain('sees no cluster at all: check its role');
});

test('two of one name: both UUIDs', async () => {
  const error = await find('ganon', list(ganon, cluster(OTHER_CLUSTER, 'ganon', 'AOS'), PRISM_CENTRAL));
  expect(error).toMatchObject({
    code: 'ambiguous',
    problem: `the name fits 2: ${CLUSTER}, ${OTHER_CLUSTER}`,
  });
});

test('a Prism Element is told from a Prism Central', async () => {
  const headers = { 'x-ntnx-env': 'pe' };
  const error = await find('ganon', { status: 200, json: { entities: [ganon] }, headers });
  expect(error).toMatchObject({ code: 'unsupported', concerns: { kind: 'Prism Central' } });
  expect(String(error)).toContain('looks like a Prism Element');
});

test('a Prism Central that hides itself from the account is believed by its header', async () => {
  expect(await find('ganon', list(ganon))).toEqual({ id: CLUSTER, name: 'ganon' });
});

test('wrong credentials end it', async () => {
  const { prism, backend } = await start();
  prism.on(LIST, { status: 401, text: '' });
  expect(await rejection(findCluster(backend, 'a', context()))).toMatchObject({ code: 'unauthenticated' });
});
