import { context, rejection, VM } from '../../fixtures.js';
import { JoinedReads } from '../../../../src/prism/shared/index.js';
import { findVm } from '../../../../src/prism/v4/vm/find.js';
import { listOwned, readOwned } from '../../../../src/prism/v4/vm/list-owned.js';
import { systemClock } from '../../../../src/support/index.js';
import { appErrors, data, tableScenes, type Asked } from '../table-prism.js';

const { start, stop } = tableScenes();
afterEach(stop);

const VMS = '/api/vmm/v4.3/ahv/config/vms';
const GET = `GET ${VMS}/${VM}`;
const LIST = `GET ${VMS}`;
const NICS = `GET ${VMS}/${VM}/nics`;
const TOKEN = 'v4:99999999-2222-4333-8444-555555555555';
const OTHER = '22222222-2222-6333-5444-555555555555';

const missing = appErrors(404, 'VMM-30100', 'VM_NOT_FOUND', 'no such VM');
const described = (extId: string, name = 'web-1', token = TOKEN): object => ({
  extId,
  name,
  description: `words [test-driver ${token}]`,
  powerState: 'ON',
  createTime: '2026-10-05T17:11:25.35849Z',
  ownershipInfo: { owner: { extId: 'owner-1' } },
});
const learned = (...ips: string[]): object => ({
  nicNetworkInfo: { ipv4Info: { learnedIpAddresses: ips.map((value) => ({ value })) } },
});

describe('addresses of a VM that runs', () => {
  test('are those of its GET, in one request', async () => {
    const { prism, backend } = await start({
      [GET]: data({ ...described(VM), nics: [learned('10.0.0.7'), {}] }),
    });
    expect(await findVm(backend, { name: 'web-1', vmId: VM }, context())).toMatchObject({
      nics: [{ addresses: [{ ip: '10.0.0.7', source: 'learned' }] }, { addresses: [] }],
    });
    expect(prism.calls).toEqual([GET]);
  });

  test('are those of its list of NICs where the GET has none that could be used', async () => {
    const { prism, backend } = await start({
      [GET]: data({ ...described(VM), nics: [learned('169.254.3.4')] }),
      [NICS]: data([learned('169.254.3.4', '10.0.0.7')]),
    });
    expect(await findVm(backend, { name: 'web-1', vmId: VM }, context())).toMatchObject({
      nics: [{ addresses: [{ ip: '10.0.0.7', source: 'learned' }] }],
    });
    expect(prism.calls).toEqual([GET, NICS]);
  });

  test.each([
    ['refused', appErrors(403, 'RBA-10001', 'RBAC_AUTHORIZATION_ERROR', 'no')],
    ['empty', data([])],
  ])('are none where that list is %s', async (_name, answer) => {
    const { backend } = await start({ [GET]: data({ ...described(VM), nics: [{}] }), [NICS]: answer });
    expect(await findVm(backend, { name: 'web-1', vmId: VM }, context())).toMatchObject({
      nics: [{ addresses: [] }],
    });
  });

  test('are not asked for while it is off', async () => {
    const { prism, backend } = await start({
      [GET]: data({ ...described(VM), powerState: 'OFF', nics: [{}] }),
    });
    await findVm(backend, { name: 'web-1', vmId: VM }, context());
    expect(prism.calls).toEqual([GET]);
  });
});

describe('VMs that are asked for together', () => {
  /** The requests of so many questions at once; each list shows the VMs that its filter names. */
  async function requestsOf(count: number): Promise<readonly string[]> {
    const ids = Array.from(
      { length: count },
      (_, n) => `${String(n).padStart(8, '0')}-2222-4333-8444-555555555555`,
    );
    const vmOf = (extId: string): object => ({ ...described(extId), nics: [learned('10.0.0.7')] });
    const { prism, backend } = await start({
      ...Object.fromEntries(ids.map((id) => [`GET ${VMS}/${id}`, data(vmOf(id))])),
      [LIST]: ({ query }: Asked) => {
        const named = [...(query.get('$filter') ?? '').matchAll(/'([^']+)'/g)].map(([, id = '']) => vmOf(id));
        const from = Number(query.get('$page')) * 100;
        return data(named.slice(from, from + Number(query.get('$limit'))));
      },
    });
    const reads = new JoinedReads(systemClock, () => count);
    const found = ids.map((vmId) =>
      findVm({ ...backend, readsFor: () => reads }, { name: vmId, vmId }, context()),
    );
    expect((await Promise.all(found)).map((vm) => vm?.id)).toEqual(ids);
    return prism.calls;
  }

  test.each([
    [8, 8, 0],
    [9, 0, 1],
    [100, 0, 1],
    [108, 8, 1],
    [109, 0, 2],
  ])('%i are %i single reads and %i lists', async (count, singles, lists) => {
    const calls = await requestsOf(count);
    expect(calls.filter((call) => call !== LIST)).toHaveLength(singles);
    expect(calls.filter((call) => call === LIST)).toHaveLength(lists);
  });
});

describe('a VM whose id is not known', () => {
  const wanted = { name: "it's", creationToken: TOKEN };

  test('is that of the exact name with the tag', async () => {
    const filters: unknown[] = [];
    const { backend } = await start({
      [LIST]: ({ query }: Asked) => {
        filters.push(query.get('$filter'), query.get('$select'));
        return data([
          described(OTHER, "it's", 'v4:11111111-0000-0000-0000-000000000000'),
          described('x', "It's"),
          described(VM, "it's"),
        ]);
      },
      [GET]: data(described(VM, "it's")),
      [NICS]: data([]),
    });
    expect(await findVm(backend, wanted, context())).toMatchObject({ id: VM, lifecycle: 'ready' });
    expect(filters).toEqual(["name eq 'it''s'", 'extId,name,description']);
  });

  test('is none where nothing fits', async () => {
    const { backend } = await start({ [LIST]: data([]) });
    expect(await findVm(backend, wanted, context())).toBeUndefined();
  });

  test('is being created as long as this process waits for its task', async () => {
    const { backend } = await start({ [LIST]: data([]) });
    const known = { taskId: 't', isOver: false };
    backend.creates.set(TOKEN.slice(3), known);
    expect(await findVm(backend, wanted, context())).toMatchObject({ lifecycle: 'creating', name: "it's" });
    known.isOver = true;
    expect(await findVm(backend, wanted, context())).toBeUndefined();
  });

  test.each([
    ['of its name', "it's", 'creating'],
    ['that does not say its name yet', undefined, 'creating'],
    ['of another name', 'web-9', undefined],
  ])(
    'is being created as long as another process has a create under way %s',
    async (_what, name, lifecycle) => {
      const affected = { extId: OTHER, rel: 'vmm:ahv:config:vm', name };
      const creating = { extId: 't', operation: 'CreateVm', status: 'RUNNING', entitiesAffected: [affected] };
      const over = { ...creating, extId: 'u', status: 'FAILED' };
      const { backend } = await start({
        [LIST]: data([]),
        'GET /api/prism/v4.4/config/tasks': data([over, creating]),
      });
      expect((await findVm(backend, wanted, context()))?.lifecycle).toBe(lifecycle);
    },
  );

  test('is not looked for without a token', async () => {
    const { prism, backend } = await start({});
    expect(await findVm(backend, { name: 'web-1' }, context())).toBeUndefined();
    expect(prism.calls).toEqual([]);
  });
});

test('a VM whose id is known is gone when the server says so; a bare 404 says nothing', async () => {
  const { backend } = await start({ [GET]: missing });
  expect(await findVm(backend, { name: 'web-1', vmId: VM, creationToken: TOKEN }, context())).toBeUndefined();
  const { backend: behind } = await start({ [GET]: { status: 404, text: '<html>404</html>' } });
  expect(await rejection(findVm(behind, { name: 'web-1', vmId: VM }, context()))).toMatchObject({
    code: 'unsupported',
  });
});

describe('VMs with our ownership tag', () => {
  const v3Token = `v3:test-driver-web-2-0123456789abcdef:${OTHER}`;

  test('of all pages, made by either API', async () => {
    const plain = Array.from({ length: 99 }, (_, n) => ({ extId: `u${n}`, name: 'x' }));
    const pages = [
      [...plain, described(VM)],
      [described(OTHER, 'web-2', v3Token), null],
    ];
    const { prism, backend } = await start({
      [LIST]: ({ query }: Asked) => data(pages[Number(query.get('$page'))] ?? []),
    });
    expect(await listOwned(backend, undefined, context())).toEqual([
      {
        id: VM,
        name: 'web-1',
        power: 'on',
        creationToken: TOKEN,
        machineName: undefined,
        origin: undefined,
        account: 'owner-1',
        madeAt: new Date('2026-10-05T17:11:25.358Z'),
        genuine: true,
      },
      expect.objectContaining({ id: OTHER, creationToken: v3Token, machineName: 'web-2', genuine: true }),
    ]);
    expect(prism.asked.map(({ query }) => query.get('$select'))).toEqual([
      'extId,name,description,powerState,createTime,ownershipInfo',
      'extId,name,description,powerState,createTime,ownershipInfo',
    ]);
  });

  test('one that slides onto the next page while they are read counts once', async () => {
    const plain = Array.from({ length: 99 }, (_, n) => ({ extId: `u${n}`, name: 'a' }));
    const pages = [[...plain, described(VM)], [described(VM)]];
    const { prism, backend } = await start({
      [LIST]: ({ query }: Asked) => data(pages[Number(query.get('$page'))] ?? []),
    });
    expect(await listOwned(backend, undefined, context())).toMatchObject([{ id: VM, genuine: true }]);
    expect(prism.asked.map(({ query }) => query.get('$orderby'))).toEqual(['name', 'name']);
  });

  test('whose names begin with a text; upper and lower case count, whatever the server thinks', async () => {
    const ci = (id: string, name: string, made: string): object => ({
      ...described(id, name, `v4:${OTHER.replace(/.$/, id.slice(-1))}`),
      description: `[made for ${made} in ci] [test-driver v4:${OTHER.replace(/.$/, id.slice(-1))}]`,
    });
    const { prism, backend } = await start({
      [LIST]: data([
        ci('a1', "it's-1", "it's-1"),
        ci('a2', "IT'S-2", "IT'S-2"),
        ci('a3', "it's-3", "it's-1"),
      ]),
    });
    expect(await listOwned(backend, "it's-", context())).toMatchObject([
      { name: "it's-1", group: 'ci', genuine: true },
      { name: "it's-3", group: 'ci', genuine: false },
    ]);
    expect(prism.asked[0]?.query.get('$filter')).toBe("startswith(name,'it''s-')");
  });

  test('a thousand of them are eleven requests: a page has a hundred, and a full one says nothing of the next', async () => {
    const all = Array.from({ length: 1_000 }, (_, n) => described(`u${n}`));
    const { prism, backend } = await start({
      [LIST]: ({ query }: Asked) => {
        const from = Number(query.get('$page')) * 100;
        return data(all.slice(from, from + Number(query.get('$limit'))));
      },
    });
    expect(await listOwned(backend, 'web-', context())).toHaveLength(1_000);
    expect(prism.asked).toHaveLength(11);
  });

  test('a refusal in the middle is an error, not a short list', async () => {
    const many = Array.from({ length: 100 }, (_, n) => described(`u${n}`));
    const { backend } = await start({
      [LIST]: ({ query }: Asked) =>
        query.get('$page') === '0' ? data(many) : appErrors(403, 'RBA-10001', 'ACCESS_DENIED', 'no'),
    });
    expect(await rejection(listOwned(backend, undefined, context()))).toMatchObject({
      code: 'permission-denied',
      attempted: 'list the VMs with our ownership tag',
    });
  });

  test('one looked at again: a twin that came meanwhile is noticed', async () => {
    const { backend } = await start({
      [GET]: data(described(VM)),
      [LIST]: data([described(VM), described(OTHER, 'clone')]),
    });
    expect(await readOwned(backend, VM, context())).toMatchObject({ id: VM, genuine: false });
  });

  test.each([
    ['gone', missing],
    ['without a tag', data({ extId: VM, name: 'web-1' })],
  ])('one that is %s is none of ours', async (_name, answer) => {
    const { backend } = await start({ [GET]: answer });
    expect(await readOwned(backend, VM, context())).toBeUndefined();
  });
});
