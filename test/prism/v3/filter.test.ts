import * as fc from 'fast-check';
import { nameFilter } from '../../../src/prism/v3/list.js';

test.each([
  ['web-1', 'vm_name==web-1'],
  ['Docker_Host.v2', 'vm_name==Docker_Host.v2'],
  ['VLAN 120', 'vm_name==VLAN%20120'],
])('%p can be filtered by', (name, filter) => {
  expect(nameFilter('vm_name', name)).toBe(filter);
});

test.each([
  'a,b',
  'a;b',
  'a|b',
  'VLAN(NOIPAM)',
  'a:b',
  "o'brien",
  '50%',
  'a==b',
  'a*',
  '网络',
  'é',
  ' a',
  'a ',
  '',
  'a/b',
])('%p is looked for in the whole list', (name) => {
  expect(nameFilter('name', name)).toBeUndefined();
});

test('a filter never holds a character with a meaning of its own, and decodes to the name', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\w .-]{1,20}$/)),
      (name) => {
        const filter = nameFilter('name', name);
        if (filter === undefined) return true;
        const value = filter.slice('name=='.length);
        return /^[A-Za-z0-9._%-]+$/.test(value) && decodeURIComponent(value) === name;
      },
    ),
    { numRuns: 2_000 },
  );
});
