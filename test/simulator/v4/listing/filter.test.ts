import fc from 'fast-check';
import { Refusal } from '../../../../src/simulator/core/refusal.js';
import { v4Status } from '../../../../src/simulator/v4/message/error.js';
import { compileFilter, valueAt, type Filterable } from '../../../../src/simulator/v4/listing/filter.js';

const filterable: Filterable = {
  name: 'text',
  extId: 'text',
  'cluster/extId': 'text',
  size: 'number',
  isExternal: 'flag',
  status: 'enumeration',
  createTime: 'moment',
  'config/clusterFunction': { '': 'enumeration' },
  entitiesAffected: { extId: 'text', rel: 'text' },
};

const records = [
  { name: 'web-1', extId: 'a', cluster: { extId: 'c1' }, size: 4, isExternal: true, status: 'RUNNING' },
  { name: 'web-2', extId: 'b', cluster: { extId: 'c2' }, size: 8, isExternal: false, status: 'QUEUED' },
  { name: "it's", extId: 'c', size: 16, createTime: '2026-10-05T09:00:00.5Z' },
  { name: 'Web-1', extId: 'd', config: { clusterFunction: ['AOS', 'ONE_NODE'] } },
  { name: 'x + y', extId: 'e', entitiesAffected: [{ extId: 'v1', rel: 'vm' }, { extId: 'n1' }] },
  { name: 'empty', extId: 'f', config: { clusterFunction: [] }, entitiesAffected: [] },
];

function found(filter: string): string {
  const fits = compileFilter(filter, filterable);
  return records
    .filter((record) => fits((path) => valueAt(record, path)))
    .map(({ extId }) => extId)
    .join('');
}

/** The HTTP status with which `act` is refused; 0 when it is not. Any other error goes on. */
function statusOf(act: () => unknown): number {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return v4Status(error.facts);
    throw error;
  }
  return 0;
}

describe('a filter', () => {
  test.each([
    [`name eq 'web-1'`, 'a'],
    [`name ne 'web-1'`, 'bcdef'],
    [`name eq 'it''s'`, 'c'],
    [`name eq 'x + y'`, 'e'],
    [`name in ('web-1','web-2')`, 'ab'],
    [`name in('web-1', "x")`.replace('"x"', `'Web-1'`), 'ad'],
    [`not name eq 'web-1'`, 'bcdef'],
    [`not (name eq 'web-1')`, 'bcdef'],
    [`not not name eq 'web-1'`, 'a'],
    [`startswith(name,'web')`, 'ab'],
    [`endswith(name, '-1')`, 'ad'],
    [`contains(name,'eb')`, 'abd'],
    [`contains(name,'')`, 'abcdef'],
    [`tolower(name) eq 'web-1'`, 'ad'],
    [`startswith(toupper(name),'WEB')`, 'abd'],
    [`cluster/extId eq 'c1'`, 'a'],
    [`cluster/extId eq null`, 'cdef'],
    [`cluster/extId ne null`, 'ab'],
    [`size gt 4`, 'bc'],
    [`size ge 4 and size lt 16`, 'ab'],
    [`size le 8`, 'ab'],
    [`size eq 4.0`, 'a'],
    [`isExternal`, 'a'],
    [`isExternal eq false`, 'b'],
    [`isExternal ne true`, 'bcdef'],
    [`status eq Prism.Config.TaskStatus'RUNNING'`, 'a'],
    [`status eq Schema.Enums.TaskStatus'RUNNING'`, 'a'],
    [`status eq 'QUEUED'`, 'b'],
    [`status in (Prism.Config.TaskStatus'RUNNING',Prism.Config.TaskStatus'QUEUED')`, 'ab'],
    [`createTime gt 2026-10-05T09:00:00Z`, 'c'],
    [`createTime eq 2026-10-05T11:00:00.500+02:00`, 'c'],
    [`createTime lt '2026-10-05T09:00:00Z'`, ''],
    [`config/clusterFunction/any(t:t eq Clustermgmt.Config.ClusterFunctionRef'AOS')`, 'd'],
    [`config/clusterFunction/any()`, 'd'],
    [`not config/clusterFunction/any()`, 'abcef'],
    [`config/clusterFunction/all(t:t eq 'AOS')`, 'abcef'],
    [`entitiesAffected/any(a:a/extId eq 'v1')`, 'e'],
    [`entitiesAffected/any(a: a/extId eq 'n1' and a/rel eq 'vm')`, ''],
    [`entitiesAffected/any(a: a/extId eq 'n1' and name eq 'x + y')`, 'e'],
    [`name eq 'web-1' or name eq 'web-2' and size eq 99`, 'a'],
    [`(name eq 'web-1' or name eq 'web-2') and size eq 8`, 'b'],
    [`  ( ( name   eq 'web-1' ) )  `, 'a'],
  ])('%s', (filter, expected) => {
    expect(found(filter)).toBe(expected);
  });

  test.each([
    ['nothing', ''],
    ['a field that cannot be filtered by', `description eq 'x'`],
    ['a field that every object has', `constructor eq 'x'`],
    ['a list that every object has', `constructor/any()`],
    ['a member of a list without a quantifier', `entitiesAffected/extId eq 'v1'`],
    ['a list compared as a whole', `config/clusterFunction eq 'AOS'`],
    ['a quantifier of what is no list', `name/any(n:n eq 'x')`],
    ['a quantifier in a quantifier', `entitiesAffected/any(a:config/clusterFunction/any(t:t eq 'AOS'))`],
    ['a member that elements do not have', `entitiesAffected/any(a:a/name eq 'x')`],
    ['a quantifier that is not known', `entitiesAffected/some(a:a/extId eq 'x')`],
    ['all() without a condition', `entitiesAffected/all()`],
    ['a number for a text', `name eq 5`],
    ['a text for a number', `size eq '5'`],
    ['an enum literal for a text', `name eq A.B'C'`],
    ['a moment that is none', `createTime gt 'yesterday'`],
    ['a test of a number', `startswith(size,'1')`],
    ['null with an order', `size gt null`],
    ['a text that does not end', `name eq 'x`],
    ['a text that goes on', `name eq 'x'y`],
    ['a comparison without a value', 'name eq'],
    ['a field for a value', 'name eq extId'],
    ['a value for a field', `'x' eq name`],
    ['an operator of another language', `name == 'x'`],
    ['two conditions without a word between', `name eq 'x' name eq 'y'`],
    ['an empty list', 'name in ()'],
    ['an open bracket', `(name eq 'x'`],
    ['a bracket too many', `name eq 'x')`],
    ['a function that is not known', `length(name) eq 5`],
    ['a text as a condition', `tolower(name)`],
    ['a text field as a condition', 'name'],
    ['a filter of v3', 'vm_name==x'],
  ])('is refused: %s', (_name, filter) => {
    expect(statusOf(() => found(filter))).toBe(400);
  });

  test('finds a name by any text that it may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, other) => {
        fc.pre(name !== other && name.length < 2000);
        const fits = compileFilter(`name eq '${name.replaceAll("'", "''")}'`, filterable);
        expect([fits(() => name), fits(() => other)]).toEqual([true, false]);
      }),
    );
  });

  test('means what the same words mean in JavaScript', () => {
    const atom = fc.constantFrom(...['a', 'b', 'c', 'd'].map((extId) => `extId eq '${extId}'`));
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a} and ${b}`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a} or ${b}`),
        tie('expression').map((inner) => `not (${inner})`),
        tie('expression').map((inner) => `(${inner})`),
      ),
    }));
    const meaning = (filter: string, extId: string): boolean => {
      const script = filter
        .replaceAll(/extId eq '(\w)'/g, (_match, wanted) => String(wanted === extId))
        .replaceAll(' and ', '&&')
        .replaceAll(' or ', '||')
        .replaceAll('not ', '!');
      return evaluated(script);
    };
    fc.assert(
      fc.property(expression, fc.constantFrom('a', 'b', 'c', 'd'), (filter, extId) => {
        expect(compileFilter(filter, filterable)(() => extId)).toBe(meaning(filter, extId));
      }),
    );
  });

  test('is a filter or a 400, whatever is sent', () => {
    const piece = fc.constantFrom(
      ...[
        `name`,
        `size`,
        ` eq `,
        ` ne `,
        ` in `,
        ` and `,
        ` or `,
        `not `,
        `(`,
        `)`,
        `,`,
        `/`,
        `:`,
        `any`,
        `'`,
      ],
      ...[
        `'x'`,
        `''`,
        `5`,
        `-`,
        `1e9`,
        `null`,
        `true`,
        `a`,
        `config/clusterFunction`,
        `A.B'C'`,
        `%`,
        `+`,
        `\u0000`,
      ],
      ...['startswith', 'tolower', '2026-10-05T09:00:00Z', '__proto__', '.', ' '],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect([0, 400]).toContain(statusOf(() => found(pieces.join(''))));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect([0, 400]).toContain(statusOf(() => found(text)));
      }),
    );
  });

  test('nested more deeply than 50, or longer than 8192 characters, is refused without a crash', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}name eq 'x'${')'.repeat(depth)}`;
    expect([10, 49, 50, 4000, 100_000].map((depth) => statusOf(() => found(nested(depth))))).toEqual([
      0, 0, 400, 400, 400,
    ]);
    const long = (length: number): string => `name eq '${'x'.repeat(length - "name eq ''".length)}'`;
    expect([8192, 8193].map((length) => statusOf(() => found(long(length))))).toEqual([0, 400]);
  });

  test.each([
    ['quotes', `name eq ${"'".repeat(7999)}`],
    ['words', `${'a'.repeat(8000)} eq 'x'`],
    ['dots of a type', `name eq ${'a.'.repeat(4000)}`],
    ['digits', `size eq ${'1'.repeat(8000)}x`],
    ['brackets', '('.repeat(8000)],
    ['blanks', `name eq${' '.repeat(8000)}x`],
    ['negations', 'not '.repeat(2000)],
  ])('of nothing but %s is refused in few steps', (_name, filter) => {
    expect(statusOf(() => found(filter))).toBe(400);
  });
});

/** A script of `true`, `false`, `&&`, `||`, `!` and brackets, read anew so that nothing is evaluated as code. */
function evaluated(script: string): boolean {
  const tokens = script.match(/true|false|&&|\|\||[!()]/g) ?? [];
  let next = 0;
  const take = (token: string): boolean => {
    if (tokens[next] !== token) return false;
    next += 1;
    return true;
  };
  const term = (): boolean => {
    if (take('!')) return !term();
    if (take('(')) {
      const inner = either();
      take(')');
      return inner;
    }
    next += 1;
    return tokens[next - 1] === 'true';
  };
  const both = (): boolean => {
    let value = term();
    while (take('&&')) value = term() && value;
    return value;
  };
  function either(): boolean {
    let value = both();
    while (take('||')) value = both() || value;
    return value;
  }
  return either();
}
