import { nearestNames } from '../../../../src/prism/shared/lookup/nearest-names.js';

test.each([
  ['vlan120', ['VLAN121', 'prod', 'VLAN120', 'vlan-12'], ['VLAN120', 'VLAN121', 'vlan-12']],
  ['web', ['database', 'web-frontend', 'wob'], ['web-frontend', 'wob', 'database']],
  ['', ['b', 'a'], ['a', 'b']],
  ['x', [], []],
])('to %p of %p: %p', (wanted, names, expected) => {
  expect(nearestNames(wanted, names, 3)).toEqual(expected);
});

test('a name is shown once', () => {
  expect(nearestNames('a', ['b', 'b', 'b'], 3)).toEqual(['b']);
});
