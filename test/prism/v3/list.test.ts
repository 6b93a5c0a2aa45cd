import type { HttpClient } from '../../../src/prism/http/index.js';
import { V3Api } from '../../../src/prism/v3/api.js';
import { entityUuid } from '../../../src/prism/v3/envelope.js';
import { listAll, listNamed } from '../../../src/prism/v3/list.js';

const attempt = { attempted: 'list', signal: new AbortController().signal };

interface Page {
  readonly offset?: number;
  readonly length?: number;
  readonly filter?: string;
}

/** An API whose one list call is answered by `answer`; keeps the bodies it was asked with. */
function listing(answer: (page: Page) => unknown): { api: V3Api; asked: Page[]; paths: string[] } {
  const asked: Page[] = [];
  const paths: string[] = [];
  const http: HttpClient = {
    server: 'pc.test:9440',
    send: (call) => {
      if (asked.length > 50) throw new Error('the list never ends');
      const page = call.body as Page;
      asked.push(page);
      paths.push(call.path);
      return Promise.resolve({ status: 200, headers: {}, setCookie: [], json: answer(page) });
    },
    close: () => undefined,
  };
  return { api: new V3Api(http), asked, paths };
}

const many = (count: number, from = 0): object[] =>
  Array.from({ length: count }, (_, index) => ({
    metadata: { uuid: `u${from + index}` },
    status: { name: `n${from + index}` },
  }));

function server(all: object[], cap = 500): (page: Page) => unknown {
  return ({ offset = 0, length = 20 }) => {
    const entities = all.slice(offset, offset + Math.min(length, cap));
    return { entities, metadata: { total_matches: all.length, length: entities.length } };
  };
}

test('pages until all are there', async () => {
  const { api, asked, paths } = listing(server(many(1_234)));
  expect(await listAll(api, 'vm', undefined, attempt)).toHaveLength(1_234);
  expect(asked).toEqual([0, 500, 1_000].map((offset) => ({ kind: 'vm', offset, length: 500 })));
  expect(paths[0]).toBe('/api/nutanix/v3/vms/list');
});

test('a server that gives shorter pages than asked for is read on', async () => {
  const { api, asked } = listing(server(many(250), 100));
  expect(await listAll(api, 'subnet', undefined, attempt)).toHaveLength(250);
  expect(asked.map(({ offset }) => offset)).toEqual([0, 100, 200]);
});

test('the filter is sent with every page', async () => {
  const { api, asked } = listing(server(many(600)));
  await listAll(api, 'image', 'name==a', attempt);
  expect(asked.map(({ filter }) => filter)).toEqual(['name==a', 'name==a']);
});

test.each(['cluster', 'host'] as const)('%ss are asked for once, without paging', async (kind) => {
  const { api, asked } = listing(() => ({ entities: many(3), metadata: { kind, total_matches: 5 } }));
  expect(await listAll(api, kind, undefined, attempt)).toHaveLength(3);
  expect(asked).toEqual([{ kind }]);
});

test('a server that repeats a page for ever is left', async () => {
  const { api, asked } = listing(() => ({ entities: many(500), metadata: { total_matches: 9_999 } }));
  expect(await listAll(api, 'vm', undefined, attempt)).toHaveLength(500);
  expect(asked).toHaveLength(2);
});

test('an entity that shifts to the next page is counted once', async () => {
  const pages = [many(500), [...many(1, 499), ...many(99, 500)]];
  const { api } = listing(() => ({ entities: pages.shift() ?? [], metadata: { total_matches: 599 } }));
  const found = await listAll(api, 'vm', undefined, attempt);
  expect(new Set(found.map(entityUuid)).size).toBe(found.length);
  expect(found).toHaveLength(599);
});

test.each([
  ['no count', (all: object[]) => ({ entities: all })],
  ['nothing at all', () => ({})],
  ['entities of another shape', () => ({ entities: 'none', metadata: [] })],
])('an answer with %s ends by itself', async (_name, shape) => {
  const pages = [many(500), many(20, 500)];
  const { api } = listing(() => shape(pages.shift() ?? []));
  const found = await listAll(api, 'vm', undefined, attempt);
  expect([520, 0]).toContain(found.length);
});

test('only the exact name counts, whatever the server thinks matches', async () => {
  const named = (name: string): object => ({ metadata: { uuid: name }, status: { name } });
  const { api } = listing(server([named('web-1'), named('WEB-1'), named('web-10')]));
  expect((await listNamed(api, 'vm', 'web-1', attempt)).map(entityUuid)).toEqual(['web-1']);
});

test('a name that filters cannot express is looked for in the whole list', async () => {
  const { api, asked } = listing(
    server([...many(700), { metadata: { uuid: 'x' }, spec: { name: 'a|b;c' } }]),
  );
  expect((await listNamed(api, 'subnet', 'a|b;c', attempt)).map(entityUuid)).toEqual(['x']);
  expect(asked.map(({ filter }) => filter)).toEqual([undefined, undefined]);
});
