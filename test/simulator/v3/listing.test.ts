import fc from 'fast-check';
import { compileFilter } from '../../../src/simulator/v3/listing/filter.js';
import { listAnswer } from '../../../src/simulator/v3/listing/page.js';
import { PRESET } from '../../../src/simulator/index.js';
import { Refusal } from '../../../src/simulator/core/refusal.js';
import { v3Status } from '../../../src/simulator/v3/error-body.js';
import { at, listOf, objectOf } from '../api-client.js';
import { started } from '../running.js';

const KIND = 'vm';
const attributes = { vm_name: (name: string) => [name] };
const matching = (filter: string, names: string[]): string[] =>
  names.filter(compileFilter(filter, attributes, KIND));

/** The HTTP status with which `act` is refused. */
function refusedWith(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    return error instanceof Refusal ? v3Status(error.facts) : undefined;
  }
  return undefined;
}

describe('filters', () => {
  const names = ['web-1', 'web-2', 'a (b)', 'x,y', 'p;q', '50%', 'Web-1'];

  test.each([
    ['', names],
    ['vm_name==web-1', ['web-1']],
    ['vm_name!=web-1', names.filter((name) => name !== 'web-1')],
    ['vm_name==web-1,vm_name==web-2', ['web-1', 'web-2']],
    ['vm_name!=web-1;vm_name!=web-2', names.filter((name) => !name.startsWith('web-'))],
    ['vm_name==web-1,vm_name==web-2;vm_name==nobody', ['web-1']],
    ['(vm_name==web-1,vm_name==web-2);vm_name==web-2', ['web-2']],
    ['vm_name==a%20%28b%29', ['a (b)']],
    ['vm_name==x%2Cy', ['x,y']],
    ['vm_name==p%3Bq', ['p;q']],
    ['vm_name==50%25', ['50%']],
    ['vm_name==50%', ['50%']],
    ['vm_name==web.*', ['web-1', 'web-2']],
    ['vm_name==.*-1', ['web-1', 'Web-1']],
    ['vm_name==.*eb.*', ['web-1', 'web-2', 'Web-1']],
    ['vm_name==.*[w|W][e|E][b|B].*', ['web-1', 'web-2', 'Web-1']],
    ['vm_name==.*[0-9]', ['web-1', 'web-2', 'Web-1']],
    ['vm_name==[^w].*', names.filter((name) => !name.startsWith('w'))],
    ['vm_name!=.*eb.*', ['a (b)', 'x,y', 'p;q', '50%']],
    ['vm_name==.*.*e.*b.*1.*', ['web-1', 'Web-1']],
    ['vm_name==...', []],
    ['vm_name==....*', names.filter((name) => name.length >= 3)],
    ['vm_name==.*%28b%29', ['a (b)']],
    ['vm_name==.*%2C.*', ['x,y']],
    ['vm_name==.*', names],
    ['vm_name==%2E%2A', []],
    ['vm_name==[no_val]', []],
    ['vm_name!=[no_val]', names],
  ])('%s', (filter, expected) => {
    expect(matching(filter, names)).toEqual(expected);
  });

  test.each(['vm_name==a (b)', 'vm_name', 'vm_name=web', '==x', 'vm_name==a|b', 'vm_name==a%7Cb', ',', '('])(
    '%s is refused',
    (filter) => {
      expect(refusedWith(() => matching(filter, names))).toBe(422);
    },
  );

  test.each(['vm_name==.*a|b', 'vm_name==.*[a|b]|c'])(
    '%s: alternatives are refused also in a pattern',
    (filter) => {
      expect(refusedWith(() => matching(filter, names))).toBe(422);
    },
  );

  test.each(['.*a+', '.*a?', '.*a*', '^web.*', '.*1$', '.*\\d', '.*a{2}', '.*[', '.*]'])(
    'the pattern %s is said to be not modelled',
    (pattern) => {
      expect(refusedWith(() => matching(`vm_name==${pattern}`, names))).toBe(501);
    },
  );

  test('a pattern finds what the same regular expression finds', () => {
    const pieces = fc.array(fc.constantFrom('.*', '.', 'a', 'b', '[ab]', '[^a]'), { maxLength: 8 });
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }));
    fc.assert(
      fc.property(pieces, texts, (parts, words) => {
        const pattern = `${parts.join('')}.*`;
        const expression = new RegExp(`^(?:${pattern})$`);
        expect(matching(`vm_name==${pattern}`, words)).toEqual(words.filter((word) => expression.test(word)));
      }),
    );
  });

  test('a pattern of many runs takes no longer than a plain one would', () => {
    const pattern = `${'.*a'.repeat(200)}.*b`;
    expect(matching(`vm_name==${pattern}`, ['a'.repeat(256)])).toEqual([]);
  });

  test('a bare comma in a name turns into OR and finds nothing, or fails', () => {
    expect(refusedWith(() => matching('vm_name==x,y', names))).toBe(422);
  });

  test('any name finds itself once everything but letters and digits is percent-encoded', () => {
    const encode = (text: string): string =>
      [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (name, other) => {
        fc.pre(!name.includes('|') && name !== other);
        expect(matching(`vm_name==${encode(name)}`, [name, other])).toEqual([name]);
      }),
    );
  });

  test('whatever is sent, the answer is a filter or a 422', () => {
    const alphabet = fc.constantFrom('vm_name', '==', '!=', ',', ';', '(', ')', '%', '%2', '|', 'a', ' ');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        let found: unknown;
        const status = refusedWith(() => (found = matching(parts.join(''), names)));
        expect(status === 422 || Array.isArray(found)).toBe(true);
      }),
    );
  });
});

describe('pages', () => {
  const records = Array.from({ length: 1407 }, (_, index) => `vm-${String(index).padStart(4, '0')}`);
  const page = (input: object): { metadata: Record<string, unknown>; entities: unknown[] } => {
    const answer = listAnswer({ kind: KIND, records, attributes, view: (name) => name }, input);
    return { metadata: objectOf(at(answer, 'metadata')), entities: listOf(at(answer, 'entities')) };
  };

  test('without a length there are 20', () => {
    expect(page({}).metadata).toEqual({ kind: 'vm', offset: 0, length: 20, total_matches: 1407 });
  });

  test('the last page says how many it has', () => {
    expect(page({ offset: 1400, length: 100 }).metadata).toMatchObject({ offset: 1400, length: 7 });
  });

  test('never more than 500', () => {
    expect(page({ length: 1000 })).toMatchObject({ metadata: { length: 500 }, entities: { length: 500 } });
  });

  test('beyond the end there is nothing', () => {
    expect(page({ offset: 5000 })).toMatchObject({ metadata: { length: 0 }, entities: [] });
  });

  test('filter and sort are echoed when given, an empty filter is not', () => {
    expect(page({ filter: '' }).metadata).not.toHaveProperty('filter');
    expect(
      page({ filter: 'vm_name!=x', sort_attribute: 'vm_name', sort_order: 'DESCENDING', length: 1 }),
    ).toEqual({
      metadata: {
        kind: 'vm',
        filter: 'vm_name!=x',
        sort_attribute: 'vm_name',
        sort_order: 'DESCENDING',
        offset: 0,
        length: 1,
        total_matches: 1407,
      },
      entities: ['vm-1406'],
    });
  });

  test('pages of any size bring everything once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (length) => {
        const seen: unknown[] = [];
        for (;;) {
          const { entities } = page({ offset: seen.length, length });
          if (entities.length === 0) break;
          seen.push(...entities);
        }
        expect(seen).toEqual(records);
      }),
      { numRuns: 20 },
    );
  });
});

describe('lists of the API', () => {
  test.each(['clusters', 'hosts'])(
    '%s come all at once, whatever page or filter is asked for',
    async (kind) => {
      const { api } = await started();
      const asked = { offset: 2, length: 1, filter: 'name==node-1' };
      const { body } = await api.call('POST', `/${kind}/list`, asked);
      const count = kind === 'clusters' ? 3 : 4;
      expect(at(body, 'metadata')).toEqual({ kind: kind.slice(0, -1), total_matches: count });
      expect(at(body, 'entities', 'length')).toBe(count);
    },
  );

  test('vms are not filtered by name== (their attribute is vm_name)', async () => {
    const { api } = await started();
    const { status, body } = await api.call('POST', '/vms/list', { filter: 'name==x' });
    expect(status).toBe(422);
    expect(at(body, 'message_list', 0, 'details', 'filter', 0)).toContain("'name' is not supported");
  });

  test.each([
    [`cluster_uuid==${PRESET.secondCluster.uuid}`, ['vm-network']],
    ['cluster_name==PC-Cluster', ['vm-network', 'vm-network-dhcp']],
    ['name==vm-net.*;cluster_name==PC-.*', ['vm-network', 'vm-network-dhcp']],
    ['cluster_uuid==[no_val]', ['vpc-overlay']],
    ['vlan_id==174', ['vm-network-dhcp']],
  ])('subnets by %s', async (filter, expected) => {
    const { api } = await started();
    const { body } = await api.call('POST', '/subnets/list', { filter });
    expect(listOf(at(body, 'entities')).map((subnet) => at(subnet, 'spec', 'name'))).toEqual(expected);
  });

  test('the same subnet name exists on two clusters', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/subnets/list', {
      filter: 'name==vm-network,name==vpc-overlay',
    });
    const found = listOf(at(body, 'entities'));
    expect(
      found.map((one) => [at(one, 'spec', 'name'), at(one, 'spec', 'cluster_reference', 'name')]),
    ).toEqual([
      ['vm-network', 'PC-Cluster'],
      ['vm-network', 'DR-Cluster'],
      ['vpc-overlay', undefined],
    ]);
  });
});
