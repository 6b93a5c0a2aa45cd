import { parse } from 'yaml';
import { clusterCandidates, imageCandidates, subnetCandidates } from '../../../src/fleet/init/candidates.js';
import { hostsFileText, namedValue, type HostsFile } from '../../../src/fleet/init/hosts-file.js';
import { hostNames, hostCount } from '../../../src/fleet/init/names.js';
import { argumentsOf, fleetOf } from '../declaration/declaration.js';

const FILE: HostsFile = {
  name: 'web',
  connection: [
    ['endpoint', 'prism.example'],
    ['username', 'admin'],
    ['insecure', true],
    ['password-env', 'PW'],
  ],
  cluster: { value: 'prod' },
  image: { value: '0d5a', remark: 'golden' },
  subnets: [{ value: 'vlan-20' }],
  group: 'web-{1..2}',
};

test('the text is a declaration', () => {
  const fleet = fleetOf(hostsFileText(FILE), { PW: 'secret' });
  expect(argumentsOf(fleet)).toEqual({
    'web-1': [
      '--nutanix-endpoint=prism.example',
      '--nutanix-username=admin',
      '--nutanix-insecure',
      '--nutanix-cluster=prod',
      '--nutanix-vm-image=0d5a',
      '--nutanix-vm-mem=4096',
      '--nutanix-vm-cpus=2',
      '--nutanix-vm-network=vlan-20',
    ],
    'web-2': expect.arrayContaining(['--nutanix-cluster=prod']) as unknown,
  });
  expect(hostsFileText(FILE)).toContain('vm-image: "0d5a" # golden\n');
});

test.each<[string, Partial<HostsFile>, string]>([
  ['where the secret is', {}, 'a variable of the environment is named that holds it.\n'],
  [
    'where the secret is, of a file',
    { connection: [['credentials-file', '/etc/c']] },
    'the file of credentials is named that holds it.\n',
  ],
  ['where the proxy is', { proxyVariable: 'NUTANIX_PROXY' }, '\n# The proxy is that of NUTANIX_PROXY,'],
  ['the commands', {}, '#   nutanix-hosts plan     shows'],
  ['the commands of another file', { path: 'web.yaml' }, '#   nutanix-hosts plan -f web.yaml    shows'],
  ['quoted', { path: "it's my\nfile" }, `nutanix-hosts apply -f 'it'\\''s my?file' --prune`],
  ['more of several', { group: 'web-{1..3}' }, '# More hosts: a larger number.'],
  ['more of one', { group: 'web-1' }, '# More hosts: web-{1..3} is three.'],
])('a comment is true: %s', (_, more, expected) => {
  const text = hostsFileText({ ...FILE, ...more });
  expect(text).toContain(expected);
  expect(parse(text)).toMatchObject({ name: 'web' });
});

test('a NIC for each subnet, in their order', () => {
  const subnets = [{ value: 'front' }, { value: 'b-1', remark: 'back' }, { value: 'front' }];
  const text = hostsFileText({ ...FILE, subnets });
  expect(text).toContain('vm-network: [front, b-1, front] # back\n');
  expect(argumentsOf(fleetOf(text, { PW: 'secret' }))['web-1']).toEqual(
    expect.arrayContaining(['--nutanix-vm-network=front', '--nutanix-vm-network=b-1']),
  );
});

/** What YAML, a terminal or an editor might read as something else. */
const NAMES = [
  'yes', 'Null', 'on', '1', '1e3', '0x1f', '~', '', ' a ', 'a: b', 'a #b', '- a', '[a]', '{a}', '*a', '&a', '!a', '%a',
  '@a', '`a', '"a"', "'a'", 'a,b', 'a\\b', 'a\nb: c', 'a\r\nb', 'a\tb', '\u001B[2Ja', 'a\u0085b', 'a\u2028b', 'a\u202Eb',
  'a\u{E0001}b', 'ümlaut', '日本', '😀', '2024-01-01', '12:30', '.inf', 'a]', 'a/b', '\uFEFFa', '\u007F', '...', '---',
]; // prettier-ignore

test.each(NAMES)('a name is read back as it is, and shown harmless: %j', (name) => {
  const named = namedValue({ id: 'id', name }, []);
  const twin = namedValue({ id: 'id', name }, [{ id: 'other', name }]);
  const text = hostsFileText({ ...FILE, cluster: named, image: twin, subnets: [named] });
  const { nutanix } = (parse(text) as { defaults: { nutanix: Record<string, unknown> } }).defaults;
  expect([nutanix['cluster'], nutanix['vm-network'], nutanix['vm-image']]).toEqual([name, [name], 'id']);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});

test('names of hosts and of their fleet', () => {
  const of = (pattern: string, hosts?: number) => {
    const result = hostNames(pattern, hosts);
    return typeof result === 'string' ? result : [result.group, result.fleet, result.names.length];
  };
  expect(of('docker', 3)).toEqual(['docker-{1..3}', 'docker', 3]);
  expect(of('docker', 1)).toEqual(['docker-1', 'docker', 1]);
  expect(of('web-{01..12}')).toEqual(['web-{01..12}', 'web', 12]);
  expect(of('{1..3}')).toEqual(['{1..3}', 'hosts', 3]);
  expect(of('web-{1..3}', 4)).toBe('web-{1..3} makes 3 hosts, not 4: leave the number out, or the braces');
  expect(of('web {1..3}')).toMatch(/"web 1"|web 1/);
  expect(['0', '1', '1000', '1001', 'many', '-1', '1.5'].map(hostCount)).toEqual([
    'must be a number from 1 to 1000',
    1,
    1000,
    ...Array<string>(4).fill('must be a number from 1 to 1000'),
  ]);
});

test('cloud images of the cluster come first, then its others, then those of other clusters', () => {
  const image = (name: string, ...clusters: string[]) => ({ id: name, name, sizeBytes: 2 ** 31, clusters });
  const subnet = (name: string, isManaged: boolean, ...clusters: string[]) => ({
    id: name,
    name,
    isManaged,
    clusters,
  });
  const offers = {
    clusters: [
      { id: '2', name: 'b' },
      { id: '1', name: 'a' },
    ],
    images: [
      image('away-cloud', '2'),
      image('golden', '1'),
      image('ubuntu-cloudimg', '1'),
      image('debian-generic'),
    ],
    subnets: [subnet('away', true, '2'), subnet('dhcp', false, '1'), subnet('managed', true)],
  };
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  const here = { id: '1', name: 'a' };
  expect(names(clusterCandidates(offers))).toEqual(['a', 'b']);
  expect(names(imageCandidates(offers, here))).toEqual([
    'debian-generic',
    'ubuntu-cloudimg',
    'golden',
    'away-cloud',
  ]);
  expect(imageCandidates(offers, here).at(-1)?.note).toBe('2.0 GiB, not on this cluster yet');
  expect(names(subnetCandidates(offers, here))).toEqual(['managed', 'dhcp']);
  expect(names(subnetCandidates(offers, undefined))).toEqual(['away', 'managed', 'dhcp']);
});
