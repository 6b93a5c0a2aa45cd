import fc from 'fast-check';
import { Refusal } from '../../../../src/simulator/core/refusal.js';
import { listedPage, type Listing } from '../../../../src/simulator/v4/listing/list-page.js';
import { v4Status } from '../../../../src/simulator/v4/message/error.js';

interface Thing {
  readonly id: number;
  readonly name?: string;
}

let views = 0;
const listing: Listing<Thing> = {
  filterable: { name: 'text', extId: 'text' },
  orderable: ['name', 'cluster/size'],
  expandable: { twice: ({ id }) => ({ twice: 2 * id }) },
  quickly: { extId: ({ id }) => String(id) },
  view: ({ id, name }) => {
    views += 1;
    return {
      $reserved: { $fv: 'v4.r0' },
      $objectType: 'x.v4.Thing',
      extId: String(id),
      ...(name === undefined ? {} : { name }),
      cluster: { size: id % 3, extId: 'c' },
    };
  },
};
const things = (count: number): Thing[] => Array.from({ length: count }, (_, id) => ({ id }));

function page(records: readonly Thing[], query: string): unknown[] {
  return listedPage(listing, records, new URLSearchParams(query)).items.map(({ extId }) => Number(extId));
}

function problem(query: string): string {
  try {
    page([], query);
  } catch (error) {
    if (error instanceof Refusal) return `${String(v4Status(error.facts))} ${error.message}`;
    throw error;
  }
  return '';
}

describe('a page of a list', () => {
  test('has 50 items from page 0 when nothing else is asked for', () => {
    const { items, ...rest } = listedPage(listing, things(120), new URLSearchParams());
    expect(items).toHaveLength(50);
    expect(rest).toEqual({ total: 120, page: 0, limit: 50 });
  });

  test('past the end has none', () => {
    expect(listedPage(listing, things(3), new URLSearchParams('$page=1&$limit=3'))).toMatchObject({
      items: [],
      total: 3,
    });
  });

  test('all pages together are the list, each item once', () => {
    fc.assert(
      fc.property(fc.nat(250), fc.integer({ min: 1, max: 100 }), (count, limit) => {
        const all = things(count);
        const numbers = Array.from({ length: Math.ceil(count / limit) + 1 }, (_, number) => number);
        const read = numbers.flatMap((number) =>
          page(all, `$page=${String(number)}&$limit=${String(limit)}`),
        );
        expect(read).toEqual(all.map(({ id }) => id));
      }),
    );
  });

  test('the filter counts before the page is cut', () => {
    const records = things(60).map((thing) => ({ ...thing, name: thing.id % 2 === 0 ? 'even' : 'odd' }));
    const found = listedPage(
      listing,
      records,
      new URLSearchParams("%24filter=name+eq+'odd'&$limit=2&%24page=1"),
    );
    expect(found).toMatchObject({ total: 30, items: [{ extId: '5' }, { extId: '7' }] });
  });

  test('is sorted by several fields, what is equal stays as it was, what is not there comes first', () => {
    const records = [{ id: 0, name: 'b' }, { id: 1, name: 'a' }, { id: 2 }, { id: 3, name: 'b' }];
    expect(page(records, '$orderby=name')).toEqual([2, 1, 0, 3]);
    expect(page(records, '$orderby=name desc')).toEqual([0, 3, 1, 2]);
    expect(page(records, '$orderby=cluster/size desc, name asc')).toEqual([2, 1, 0, 3]);
  });

  test('sorts moments by time, however many digits their fractions have', () => {
    const names = ['2026-11-29T00:21:02.6Z', '2026-11-29T00:21:02.671Z', '2026-11-29T00:21:02Z'];
    const records = names.map((name, id) => ({ id, name }));
    expect(page(records, '$orderby=name')).toEqual([2, 0, 1]);
  });

  test('shows what is selected, and always what an object is', () => {
    const { items } = listedPage(listing, things(1), new URLSearchParams('$select=cluster/extId, nothing'));
    expect(items).toEqual([
      { $reserved: { $fv: 'v4.r0' }, $objectType: 'x.v4.Thing', cluster: { size: 0, extId: 'c' } },
    ]);
    expect(listedPage(listing, things(1), new URLSearchParams('$select=*')).items[0]).toHaveProperty('extId');
  });

  test('is expanded', () => {
    expect(listedPage(listing, things(2), new URLSearchParams('$expand=twice')).items).toMatchObject([
      { twice: 0 },
      { twice: 2 },
    ]);
  });

  test('makes views of what it shows only when quick fields are enough to find it', () => {
    views = 0;
    expect(page(things(5000), "$filter=extId eq '4711'")).toEqual([4711]);
    expect(views).toBe(1);
  });

  test.each([
    ['$limit=0', '400 $limit is out of range (minimum: 1, found: 0)'],
    ['$limit=101', '400 $limit is out of range (maximum: 100, found: 101)'],
    ['$limit=-5', '400 $limit is out of range (minimum: 1, found: -5)'],
    ['$limit=ten', '400 $limit is out of range (minimum: 1, found: ten)'],
    ['$limit=', '400 $limit is out of range (minimum: 1, found: )'],
    ['$page=-1', '400 $page is out of range (minimum: 0, found: -1)'],
    ['$page=99999999999', '400 $page is out of range (minimum: 0, found: 99999999999)'],
    ['$filter=name eq', '400 The filter ends too early at position 7.'],
    ['$filter=', '400 The filter ends too early at position 0.'],
    ['$filter=size eq 1', '400 The field "size" cannot be filtered by.'],
    ['$orderby=extId', '400 The field "extId" cannot be sorted by.'],
    ['$orderby=name sideways', '400 "name sideways" is no order.'],
    ['$orderby=', '400 The field "" cannot be sorted by.'],
    ['$expand=constructor', '400 "constructor" cannot be expanded.'],
    ['$top=5', '400 The option "$top" is not supported.'],
    ['$limit=5&$limit=6', '400 The option "$limit" is given more than once.'],
    ['length=5', ''],
  ])('%s', (query, expected) => {
    expect(problem(query)).toBe(expected);
  });
});
