import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userDataFor } from '../../src/guest/user-data.js';
import { isForIgnition } from '../../src/guest/user-data-format.js';
import { DEPLOY, KEY, ROOT, WITH_DISK } from './setups.js';

const CORE = { ...ROOT, user: 'core' };
const GOLDEN = join(__dirname, '../golden/ignition');

/** What the guest gets; Ignition's own parsers read the same files in test/interop/ignition. */
describe('golden Ignition configs', () => {
  const names = readdirSync(GOLDEN).filter((name) => name.endsWith('.given.json'));

  it('has cases', () => expect(names.length).toBeGreaterThan(4));

  describe.each(names)('%s', (name) => {
    const given = readFileSync(join(GOLDEN, name), 'utf8');
    it.each(Object.entries({ core: CORE, deploy: DEPLOY }))('for %s', (who, setup) => {
      const merged = userDataFor(setup, given);
      expect(merged).toBe(readFileSync(join(GOLDEN, name.replace('.given.', `.${who}.`)), 'utf8'));
      expect(isForIgnition(given)).toBe(true);
    });
  });
});

test('a second merge changes nothing', () => {
  const once = userDataFor(DEPLOY, '{"ignition":{"version":"3.4.0"}}');
  expect(userDataFor(DEPLOY, once)).toBe(once);
});

test('root needs no sudo', () => {
  expect(JSON.parse(userDataFor(ROOT, '\uFEFF\n{"ignition":{"version":"2.0.0"}}'))).toEqual({
    ignition: { version: '2.0.0' },
    passwd: { users: [{ name: 'root', sshAuthorizedKeys: [KEY] }] },
  });
});

const with3 = (rest: object): string => JSON.stringify({ ignition: { version: '3.4.0' }, ...rest });

test.each<[string, string, RegExp]>([
  ['JSON that is cut off', '{"ignition": {"version": "3.4.0"', /begins like JSON and is none/],
  [
    'JSON of something else',
    '{"packages": ["secret"]}',
    /JSON without `ignition\.version`.* or #cloud-config/,
  ],
  ['no version', '{"ignition": {}}', /`ignition\.version` is missing/],
  ['version 1', '{"ignitionVersion": 1}', /version 1 of the specification/],
  ['version 4', '{"ignition": {"version": "4.0.0"}}', /is "4\.0\.0"\. Versions 2 .* and 3 /],
  ['a number as version', '{"ignition": {"version": 3}}', /is 3\./],
  [
    'a config that replaces it',
    '{"ignition": {"version": "3.1.0", "config": {"replace": {"source": "https://x"}}}}',
    /SSH key of this machine would be lost\. .*`ignition\.config\.merge`/,
  ],
  [
    'a config that replaces it, version 2',
    '{"ignition": {"version": "2.2.0", "config": {"replace": {"source": "https://x"}}}}',
    /`ignition\.config\.append`/,
  ],
  ['users that are no list', with3({ passwd: { users: {} } }), /`passwd\.users` is not a list/],
  ['passwd that is no object', with3({ passwd: [] }), /`passwd` is not an object/],
  [
    'the SSH user removed',
    with3({ passwd: { users: [{ name: 'deploy', shouldExist: false }] } }),
    /removes the user/,
  ],
  [
    'keys that are no list',
    with3({ passwd: { users: [{ name: 'deploy', sshAuthorizedKeys: 'k' }] } }),
    /is not a list/,
  ],
  ['files that are no list', with3({ storage: { files: 'x' } }), /`storage\.files` is not a list/],
])('%s is refused', (_case, given, problem) => {
  expect(() => userDataFor(DEPLOY, given)).toThrow(problem);
  expect(() => userDataFor(DEPLOY, given)).not.toThrow('secret');
});

test('a disk to be mounted is refused, with the way out', () => {
  expect(() => userDataFor(WITH_DISK, with3({}))).toThrow(
    /mount a disk at \/var\/lib\/docker: .* without a mount point, .*storage\.filesystems/,
  );
});

test.each<[string, string, RegExp]>([
  ['Butane for Fedora CoreOS', 'variant: fcos\nversion: 1.5.0\n', /Butane config.*butane --strict/],
  ['Butane for Flatcar', '# ours\nvariant: "flatcar"\nversion: 1.0.0\n', /Butane config/],
  ['netplan', 'network:\n  version: 2\n', /is a network configuration.*docs\/guests\.md/],
  ['network-config of version 1', 'version: 1\nconfig: []\n', /is a network configuration/],
  [
    'a network in cloud-config',
    '#cloud-config\nnetwork: {version: 2}\n',
    /has a `network`.*docs\/guests\.md/,
  ],
])('%s is refused, with the way out', (_case, given, problem) => {
  expect(() => userDataFor(ROOT, given)).toThrow(problem);
});
