import * as fc from 'fast-check';
import { tagOn } from '../../../../src/prism/shared/index.js';
import { listOwned, readOwned } from '../../../../src/prism/v3/vm/list-owned.js';
import { context, missing, refusal, rejection, VM } from '../../fixtures.js';
import { list } from '../../placement.js';
import type { Answer } from '../../scripted-prism.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const OTHER = 'abcdef22-2222-4333-8444-555555555555';
const KEY = `v3:test-driver-web-1-0123456789abcdef:${VM}`;
const TOKEN_KEY = 'v3-marks:0123456789abcdef';
const V4_KEY = `v4:${OTHER}`;

function vm(uuid: string, description: string, name = 'web-1'): object {
  return {
    metadata: {
      uuid,
      creation_time: '2026-01-02T03:04:05Z',
      owner_reference: { kind: 'user', uuid: 'o', name: 'ci' },
    },
    spec: { name, description },
    status: { state: 'COMPLETE', name, description, resources: { power_state: 'ON' } },
  };
}

async function listed(...entities: unknown[]) {
  const { prism, backend } = await start();
  prism.on('POST vms/list', {
    status: 200,
    json: { metadata: { total_matches: entities.length }, entities },
  });
  const found = await listOwned(backend, undefined, context());
  prism.done();
  return found;
}

test('what the ownership tag and the server say of a VM', async () => {
  expect(await listed(vm(VM, `words [made by alice@build-7] [test-driver ${KEY}]`))).toEqual([
    {
      id: VM,
      name: 'web-1',
      power: 'on',
      creationToken: KEY,
      machineName: 'web-1',
      origin: 'alice@build-7',
      account: 'ci',
      madeAt: new Date('2026-01-02T03:04:05Z'),
      genuine: true,
    },
  ]);
});

test('a name proves nothing, and neither does the ownership tag of another program', async () => {
  const found = await listed(
    vm(VM, 'web-1'),
    vm(OTHER, `[other-driver ${KEY}] test-driver [test-driver ] [test-driver v9:x]`),
  );
  expect(found).toEqual([]);
});

test('a copy carries the ownership tag of its original along', async () => {
  const found = await listed(
    vm(VM, `[test-driver ${KEY}]`),
    vm(OTHER, `[test-driver ${KEY}]`, 'web-1-clone'),
  );
  expect(found.map(({ name, genuine }) => [name, genuine])).toEqual([
    ['web-1', true],
    ['web-1-clone', false],
  ]);
});

test('of two VMs with tags that hold no id, neither is known to be the one that was made', async () => {
  const single = await listed(vm(VM, `[test-driver ${TOKEN_KEY}]`));
  expect(single).toMatchObject([{ genuine: true, creationToken: TOKEN_KEY }]);
  const both = await listed(vm(VM, `[test-driver ${TOKEN_KEY}]`), vm(OTHER, `[test-driver ${TOKEN_KEY}]`));
  expect(both.map(({ genuine }) => genuine)).toEqual([false, false]);
});

test('a VM that was made through API v4 is ours too', async () => {
  expect(await listed(vm(VM, `[made by alice@build-7] [test-driver ${V4_KEY}]`))).toMatchObject([
    { genuine: true, creationToken: V4_KEY, origin: 'alice@build-7' },
  ]);
});

test('of several marks in one description those of this VM count', async () => {
  const pasted = `[test-driver ${KEY}] [test-driver v3:test-driver-b-0123456789abcdef:${OTHER}]`;
  expect(await listed(vm(VM, pasted))).toMatchObject([{ creationToken: KEY, genuine: true }]);
  expect(await listed(vm(OTHER.toUpperCase(), pasted))).toMatchObject([{ machineName: 'b', genuine: true }]);
});

test.each([
  ['x'.repeat(40), `${'x'.repeat(40)}…`],
  ['a-0123456789abcdef', 'a-0123456789abcdef'],
])('the machine %s in the marks reads %s', async (word, name) => {
  const key = `v3:test-driver-${word}-0123456789abcdef:${VM}`;
  expect(await listed(vm(VM, `[test-driver ${key}]`))).toMatchObject([{ machineName: name }]);
});

test('odd entities hide nothing: neither on their page nor on the next', async () => {
  const { prism, backend } = await start();
  const odd = [null, 'text', 7, {}, [], { metadata: { uuid: 5, creation_time: {} }, spec: '' }];
  const plain = Array.from({ length: 500 - odd.length }, (_, n) => ({ metadata: { uuid: `u${n}` } }));
  const half = {
    metadata: { uuid: OTHER, creation_time: 'then' },
    spec: { description: `[test-driver ${KEY}]` },
  };
  const page = (entities: unknown[]): Answer => ({
    status: 200,
    json: { metadata: { total_matches: 502 }, entities },
  });
  prism.on('POST vms/list', page([...odd, ...plain]));
  prism.on('POST vms/list', page([vm(VM, `[test-driver ${KEY}]`), half]));
  const found = await listOwned(backend, undefined, context());
  expect(found.map(({ id, name, power, madeAt }) => [id, name, power, madeAt?.getTime()])).toEqual([
    [VM, 'web-1', 'on', Date.UTC(2026, 0, 2, 3, 4, 5)],
    [OTHER, '', 'unknown', undefined],
  ]);
  expect(prism.bodies('POST vms/list')).toEqual(
    [0, 500].map((offset) => ({ kind: 'vm', offset, length: 500 })),
  );
  prism.done();
});

test('a refusal in the middle is an error, not a short list', async () => {
  const { prism, backend } = await start();
  const many = Array.from({ length: 500 }, (_, n) => vm(`u${n}`, ''));
  prism.on('POST vms/list', { status: 200, json: { metadata: { total_matches: 900 }, entities: many } });
  prism.on('POST vms/list', refusal(403, 'ACCESS_DENIED', 'no'));
  const error = await rejection(listOwned(backend, undefined, context()));
  expect(error).toMatchObject({
    code: 'permission-denied',
    attempted: 'list the VMs with our ownership tag',
  });
});

describe('those whose names begin with a text', () => {
  const FILTER = 'vm_name==ci%2Ex-.*';
  const named = (name: string, uuid = VM, tag = `[test-driver ${KEY}]`): object => vm(uuid, tag, name);
  const page = (...entities: unknown[]): Answer => ({
    status: 200,
    json: { metadata: { total_matches: entities.length }, entities },
  });

  async function asked(rounds: number, ...answers: Answer[]) {
    const { prism, backend } = await start();
    for (const answer of answers) prism.on('POST vms/list', answer);
    const found: string[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      const owned = await listOwned(backend, 'ci.x-', context());
      found.push(owned.map(({ name }) => name));
    }
    prism.done();
    const filters = prism.bodies('POST vms/list').map((body) => (body as { filter?: string }).filter);
    return { found, filtered: filters.map((filter) => filter === FILTER) };
  }

  test('are asked for by a pattern; others that come along are left out', async () => {
    const { found, filtered } = await asked(2, page(named('ci.x-1'), named('web-1', OTHER)), page());
    expect(found).toEqual([['ci.x-1'], []]);
    expect(filtered).toEqual([true, true]);
  });

  test('a thousand of them are two requests', async () => {
    const { prism, backend } = await start();
    const all = Array.from({ length: 1_000 }, (_, n) => {
      return named(`ci.x-${n}`, `u${n}`, `[test-driver v3:test-driver-c-0123456789abcdef:${VM}]`);
    });
    for (const entities of [all.slice(0, 500), all.slice(500)]) {
      prism.on('POST vms/list', { status: 200, json: { metadata: { total_matches: 1_000 }, entities } });
    }
    expect(await listOwned(backend, 'ci.x-', context())).toHaveLength(1_000);
    prism.done();
  });

  test('a server that takes the pattern for a name shows nothing, and is not believed', async () => {
    const whole = page(named('web-1', OTHER), named('ci.x-1'));
    const { found, filtered } = await asked(2, page(), whole, page(), whole);
    expect(found).toEqual([['ci.x-1'], ['ci.x-1']]);
    expect(filtered).toEqual([true, false, true, false]);
  });

  test('a server that refuses the pattern is asked for all', async () => {
    const refused = refusal(422, 'INVALID_REQUEST', 'filter');
    const { found } = await asked(2, refused, page(named('ci.x-1')), refused, page());
    expect(found).toEqual([['ci.x-1'], []]);
  });

  test('one that is made between the lists says nothing about patterns', async () => {
    const one = page(named('ci.x-1'));
    const { found, filtered } = await asked(2, page(), one, one, one);
    expect(found).toEqual([['ci.x-1'], ['ci.x-1']]);
    expect(filtered).toEqual([true, false, true, true]);
  });

  test('a text with which filters break is looked for in the whole list', async () => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', page(named('ci,1')));
    expect(await listOwned(backend, 'ci,', context())).toHaveLength(1);
    expect(prism.bodies('POST vms/list')).toEqual([{ kind: 'vm', offset: 0, length: 500 }]);
  });

  test.each([
    ['the name it was made with', 'ci.x-1', true],
    ['another one: it may be a copy', 'ci.x-2', false],
  ])('a VM without an id in its tag, under %s', async (_name, name, genuine) => {
    const { prism, backend } = await start();
    prism.on('POST vms/list', page(named(name, VM, `[made for ci.x-1 in ci] [test-driver ${V4_KEY}]`)));
    expect(await listOwned(backend, 'ci.x-', context())).toMatchObject([{ name, group: 'ci', genuine }]);
  });
});

test('an abort ends the look', async () => {
  const { prism, backend } = await start();
  const stopper = new AbortController();
  prism.on('POST vms/list', () => {
    stopper.abort();
    return 'silence';
  });
  await expect(listOwned(backend, undefined, context(stopper.signal))).rejects.toThrow(
    /list the VMs with our ownership tag/,
  );
});

describe('one VM, looked at again', () => {
  const get = `GET vms/${VM}`;
  const ok = (json: unknown): Answer => ({ status: 200, json });

  test('with its marks, in one request', async () => {
    const { prism, backend } = await start();
    prism.on(get, ok(vm(VM, `[test-driver ${KEY}]`)));
    expect(await readOwned(backend, VM, context())).toMatchObject({ id: VM, genuine: true });
    prism.done();
  });

  test.each([
    ['gone', missing()],
    ['without marks', ok(vm(VM, 'mine now'))],
  ])('%s: it is none of ours', async (_, answer) => {
    const { prism, backend } = await start();
    prism.on(get, answer);
    expect(await readOwned(backend, VM, context())).toBeUndefined();
    prism.done();
  });

  test('whose marks hold no id: a twin that came meanwhile is noticed', async () => {
    const { prism, backend } = await start();
    const one = vm(VM, `[test-driver ${TOKEN_KEY}]`);
    prism.on(get, ok(one)).on('POST vms/list', list(one, vm(OTHER, `[test-driver ${TOKEN_KEY}]`)));
    expect(await readOwned(backend, VM, context())).toMatchObject({ id: VM, genuine: false });
    prism.done();
  });
});

test('no description whatever makes the reading of marks fail, or lasts', () => {
  const piece = fc.constantFrom(
    '[test-driver ',
    '[made by ',
    ']',
    ' ',
    KEY,
    TOKEN_KEY,
    `v4:${VM}`,
    'v3:',
    ':',
    'a'.repeat(90),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
      const marks = tagOn({ id: VM, description: pieces.join('') }, 'test-driver');
      expect([undefined, 'reserved', 'tagged', 'requested']).toContain(marks?.identity.kind);
    }),
  );
});
