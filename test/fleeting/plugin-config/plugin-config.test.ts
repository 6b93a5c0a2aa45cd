import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readGroupSettings } from '../../../src/fleeting/plugin-config/index.js';
import { categoryOf, configKeyOf, GROUP_KEYS } from '../../../src/fleeting/plugin-config/keys.js';
import { makeKeyPair } from '../../../src/guest/index.js';
import { OPTION_KEYS, OPTIONS } from '../../../src/settings/index.js';
import { asOneError, OperationError } from '../../../src/support/index.js';
import { NO_CONNECTOR } from '../no-connector.js';
import { bytesOf, LEAST, settingsOf, temporaryFolder, type Asked } from './requests.js';

const SOURCE = { environment: { HOME: '/home/runner' }, warn: (): void => undefined };

function containing(text: string): string {
  return expect.stringContaining(text) as string;
}

const KINDS =
  'vm_image ($NUTANIX_VM_IMAGE) must be text, not an object; vm_network ($NUTANIX_VM_NETWORK) must be a list of texts, not a list with a list';

async function refusal(asked: Asked | Uint8Array): Promise<string> {
  const reading =
    asked instanceof Uint8Array ? readGroupSettings(asked, NO_CONNECTOR, SOURCE) : settingsOf(asked);
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OperationError);
  expect(error).toMatchObject({ code: 'invalid-input', attempted: 'read plugin_config' });
  return error instanceof OperationError ? error.problem : '';
}

test('the least that a group needs', async () => {
  const { specFor, instanceName, connection, explained, ...settings } = await settingsOf({});
  expect(settings).toEqual({
    name: 'ci',
    category: { key: 'fleeting-plugin-nutanix-group', value: 'ci' },
    maxSize: 5,
    parallel: 10,
    prismCentral: { host: 'prism.example', port: 9440 },
    namePrefix: 'ci-',
    stateFolder: '/home/runner/.local/state/fleeting-plugin-nutanix/ci',
    keyPath: '/home/runner/.local/state/fleeting-plugin-nutanix/ci/id_ed25519',
    staticKey: undefined,
    timeLimit: 300_000,
    connector: NO_CONNECTOR,
  });
  expect(instanceName('abcd1234')).toBe('ci-abcd1234');
  expect(specFor('ci-abcd1234')).toMatchObject({
    name: 'ci-abcd1234',
    placement: { vmName: 'ci-abcd1234', cluster: 'prod', image: 'debian-12', subnets: ['vlan-120'] },
    vm: { memoryMiB: 2048, description: 'Instance of GitLab Runner made by fleeting-plugin-nutanix' },
    ssh: { user: 'root', port: 22, keyPath: settings.keyPath, generate: false },
    waitFor: 'cloud-init',
    keepOnError: false,
  });
  expect(await connection()).toEqual({
    host: 'prism.example',
    port: 9440,
    credentials: { kind: 'password', username: 'ci', password: 'a-secret-of-prism' },
    trust: { kind: 'system' },
  });
  const error = new OperationError({ code: 'internal', attempted: 'x', problem: 'y' });
  expect(explained(error)).toMatchObject({ code: 'internal', message: 'x: y' });
});

test('everything of the group, and options of each kind', async () => {
  const settings = await settingsOf({
    config: {
      instance_name: 'build-%s.ci.example',
      parallel: 3,
      state_dir: '~/groups',
      port: 9441,
      vm_mem: 4096,
      vtpm: true,
      boot_type: 'uefi',
      vm_categories: ['Env=ci', 'Team=a'],
      vm_network: 'one',
      vm_description: 'words',
      timeout: 60,
    },
  });
  expect(settings).toMatchObject({ parallel: 3, namePrefix: 'build-', timeLimit: 60_000 });
  expect(settings.stateFolder).toBe('/home/runner/groups/ci');
  expect(settings.instanceName('abcd1234')).toBe('build-abcd1234.ci.example');
  expect(settings.specFor('build-abcd1234.ci.example')).toMatchObject({
    placement: {
      subnets: ['one'],
      categories: [
        { key: 'Env', value: 'ci' },
        { key: 'Team', value: 'a' },
      ],
    },
    vm: { memoryMiB: 4096, vtpm: true, bootType: 'uefi', description: 'words' },
  });
  expect(await settings.connection()).toMatchObject({ port: 9441 });
});

describe('what is refused, and in which words', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a key that is nearly right',
      { vm_memory: 1 },
      'there is no key "vm_memory"; docs/fleeting.md lists all',
    ],
    ['a letter too many', { vm_imagee: 'x' }, 'there is no key "vm_imagee"; did you mean vm_image?'],
    ['the flag', { '--nutanix-vm-mem': 1 }, 'there is no key "--nutanix-vm-mem"; did you mean vm_mem?'],
    ['hyphens', { 'vm-mem': 1 }, 'there is no key "vm-mem"; did you mean vm_mem?'],
    ['a part of it', { image: 'x' }, 'there is no key "image"; did you mean vm_image?'],
    ['another kind', { vm_mem: '4096' }, 'vm_mem ($NUTANIX_VM_MEM) must be a whole number, not a string'],
    ['null', { cluster: null }, 'cluster ($NUTANIX_CLUSTER) is required'],
    ['nothing', { cluster: '' }, 'cluster ($NUTANIX_CLUSTER) is required'],
    ['a value out of range', { vm_mem: 1 }, 'vm_mem ($NUTANIX_VM_MEM) must be at least 256, not 1'],
    [
      'two that exclude each other',
      { insecure: true, fingerprint: `sha256:${'a'.repeat(64)}` },
      'insecure ($NUTANIX_INSECURE) and fingerprint ($NUTANIX_FINGERPRINT) exclude each other',
    ],
    [
      'no name',
      { name: undefined },
      'name is required (Name of the group, which no other runner may have on this Prism Central)',
    ],
    [
      'an empty name',
      { name: '' },
      'name is required (Name of the group, which no other runner may have on this Prism Central)',
    ],
    [
      'a name that is none',
      { name: 'CI_1' },
      'name must be lower-case letters, digits and hyphens, at most 40, and begin and end with a letter or a digit',
    ],
    [
      'no size',
      { max_size: undefined },
      'max_size is required (The most instances at a time, whatever the runner asks for)',
    ],
    ['a size of 0', { max_size: 0 }, 'max_size must be from 1 to 10000, not 0'],
    ['half an instance', { max_size: 1.5 }, 'max_size must be a whole number'],
    ['a pattern without %s', { instance_name: 'ci' }, 'instance_name must have %s in it once, as in ci-%s'],
    [
      'a pattern with two',
      { instance_name: 'ci-%s-%s' },
      'instance_name must have %s in it once, as in ci-%s',
    ],
    [
      'a pattern that begins with %s',
      { instance_name: '%s-ci' },
      'instance_name must begin with a text of its own, as in ci-%s: instances are found by it',
    ],
    [
      'a pattern that makes no host names',
      { instance_name: 'ci_%s' },
      'instance_name makes no host names: "ci_00000000" contains "_"',
    ],
    ['too much at once', { parallel: 101 }, 'parallel must be from 1 to 100, not 101'],
    ['a folder somewhere', { state_dir: 'groups' }, 'state_dir must be a full path, not "groups"'],
    [
      'a file somewhere',
      { cloud_init_file: 'user-data' },
      'cloud_init_file ($NUTANIX_CLOUD_INIT_FILE) must be a full path, not "user-data"',
    ],
    [
      'a file that is not there',
      { ca_file: '/nonexistent/ca.pem' },
      'ca_file ($NUTANIX_CA_FILE): cannot read /nonexistent/ca.pem (ENOENT)',
    ],
    [
      'user-data that cannot be merged',
      { cloud_init: '#cloud-config\n[1' },
      containing('cloud-init user-data'),
    ],
    [
      'a fixed address',
      { ip: ['10.0.0.1'] },
      containing('ip means nothing for instances: an address belongs to one VM'),
    ],
    ['a key of the driver', { ssh_key: '/k' }, containing('give the file as key_path of connector_config')],
    ['a required key of another kind', { cluster: 5.5, vm_image: {}, vm_network: [[]] }, KINDS],
    ['a user of another kind', { username: ['ci'] }, 'username ($NUTANIX_USERNAME) must be text, not a list'],
    [
      'keys of the group of another kind',
      { name: 7, max_size: '7' },
      'name must be text; max_size must be a whole number',
    ],
    [
      'no credentials',
      { username: undefined, password: undefined },
      'username ($NUTANIX_USERNAME) and password ($NUTANIX_PASSWORD) are required, or api_key ($NUTANIX_API_KEY), or credentials_file ($NUTANIX_CREDENTIALS_FILE)',
    ],
  ])('%s', async (_what, config, expected) => {
    expect(await refusal({ config })).toEqual(expected);
  });

  test.each<[string, NonNullable<Asked['connector']>, string]>([
    ['windows', { os: 'windows' }, 'connector_config.os must be linux, not "windows"'],
    ['winrm', { protocol: 'winrm' }, 'connector_config.protocol must be ssh, not "winrm"'],
    [
      'two users',
      { username: 'ubuntu' },
      'connector_config.username is "ubuntu" and ssh_user of plugin_config "debian": leave one of them out',
    ],
    [
      'two ports',
      { protocolPort: 2222 },
      'connector_config.protocol_port is 2222 and ssh_port of plugin_config 2200: leave one of them out',
    ],
    ['a user that is none', { username: 'No User' }, containing('must be a Linux user name')],
    [
      'a key that is none',
      { key: bytesOf('ssh-ed25519 AAAA') },
      'connector_config.key_path: it is a public key. A private key as `ssh-keygen` writes it is needed; `ssh-keygen -p -f FILE` rewrites most others',
    ],
  ])('connector_config with %s', async (what, connector, expected) => {
    const config = what.startsWith('two') ? { ssh_user: 'debian', ssh_port: 2200 } : {};
    expect(await refusal({ config, connector })).toEqual(expected);
  });

  test.each([
    ['no JSON', '{"password": "a-secret-of-prism"', 'it is not valid JSON'],
    ['nothing', '', 'it is not valid JSON'],
    ['a list', '[1]', 'it is no table of keys and values'],
    ['null', 'null', 'it is no table of keys and values'],
    ['far too much', `{"name": "${'x'.repeat(1024 * 1024)}"}`, 'it has 1048588 bytes, more than 1048576'],
  ])('%s', async (_what, text, expected) => {
    expect(await refusal(bytesOf(text))).toBe(expected);
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a thousand keys that there are not',
      Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`junk${at}`, at])),
      /^there is no key "junk0"; .*"junk19"; docs\/fleeting\.md lists all; there are 980 more unknown keys$/,
    ],
    ['a key without end', { ['x'.repeat(900_000)]: 1 }, /^there is no key "x{60}"; docs/],
    ['a value without end', { endpoint: 'a'.repeat(900_000) }, /^endpoint .* not "a+…$/],
    ['a thousand values that are none', { vm_categories: Array(1_000).fill('x') }, /^vm_categories .*…$/],
  ])('%s: told of in few words', async (_what, config, expected) => {
    const problems = await refusal({ config });
    expect(problems).toMatch(expected);
    expect(problems.length).toBeLessThan(2_000);
  });

  test.each(['__proto__', 'constructor', 'toString'])('a key %s, which every object has', async (key) => {
    const text = JSON.stringify({ ...LEAST, known: { max_size: 1 } }).replace('known', key);
    expect(await refusal(bytesOf(text))).toBe(`there is no key "${key}"; docs/fleeting.md lists all`);
  });

  test('a category of instances of any group', async () => {
    const config = { vm_categories: ['env=prod', 'fleeting-plugin-nutanix-group=ci'] };
    expect(await refusal({ config })).toBe(
      "vm_categories ($NUTANIX_VM_CATEGORIES) must not have the key fleeting-plugin-nutanix-group, which is the plugin's own",
    );
  });

  test('bytes that are no text', async () => {
    expect(await refusal(Uint8Array.of(0x22, 0xff, 0x22))).toBe('it is not valid JSON');
  });

  test('all at once', async () => {
    const problems = await refusal({
      config: { max_size: 0, vm_mem: 1, sshuser: 'a', ca_file: '/nonexistent/ca.pem', cluster: undefined },
      connector: { os: 'plan9' },
    });
    expect(
      problems
        .replace('; did', ', did')
        .split('; ')
        .map((text) => text.split(' ')[0]),
    ).toEqual(['max_size', 'there', 'cluster', 'vm_mem', 'ca_file', 'connector_config.os']);
  });
});

test('the category of a group is one that every API takes, and of no other group, also where case does not count', () => {
  const names = fc
    .stringMatching(/^[A-Za-z0-9_.é -]{1,41}$/)
    .filter((name) => GROUP_KEYS.name.check(name) === undefined);
  fc.assert(
    fc.property(names, names, (one, other) => {
      const [{ key, value }, { value: of }] = [categoryOf(one), categoryOf(other)];
      // What the schema of v3 allows; v4 takes at most 64 characters.
      for (const part of [key, value]) expect(part).toMatch(/^(?=.{1,64}$)[a-zA-Z0-9_.-]+$/);
      expect(value.toLowerCase() === of.toLowerCase()).toBe(one === other);
    }),
  );
});

describe('the environment', () => {
  test('stands in for keys that are not given, never against one that is', async () => {
    const settings = await settingsOf({
      config: { cluster: undefined, password: undefined, vm_image: 'given' },
      environment: { NUTANIX_CLUSTER: 'c', NUTANIX_PASSWORD: 'p', NUTANIX_VM_IMAGE: 'other' },
    });
    expect(settings.specFor('ci-1').placement).toMatchObject({ cluster: 'c', image: 'given' });
    expect(await settings.connection()).toMatchObject({ credentials: { password: 'p' } });
  });

  test('is not asked for what means nothing for instances', async () => {
    const settings = await settingsOf({
      environment: { NUTANIX_IP: '10.0.0.1', NUTANIX_KEEP_ON_ERROR: '1', NUTANIX_STOP_TIMEOUT: 'never' },
    });
    expect(settings.specFor('ci-1')).toMatchObject({
      keepOnError: false,
      placement: { staticAddresses: [] },
    });
  });

  test.each([
    [{ XDG_STATE_HOME: '/var/state' }, '/var/state/fleeting-plugin-nutanix/ci'],
    [{ XDG_STATE_HOME: 'state' }, '/home/runner/.local/state/fleeting-plugin-nutanix/ci'],
  ])('names the state folder: %j', async (environment, folder) => {
    expect((await settingsOf({ environment })).stateFolder).toBe(folder);
  });

  test('a credentials file is read with each connection: what it holds may change', async () => {
    const folder = temporaryFolder();
    try {
      const file = join(folder, 'credentials');
      writeFileSync(file, 'username=ci\npassword=one\n', { mode: 0o600 });
      const settings = await settingsOf({
        config: { username: undefined, password: undefined, credentials_file: file },
      });
      expect(await settings.connection()).toMatchObject({ credentials: { password: 'one' } });
      writeFileSync(file, 'api-key=two\n', { mode: 0o600 });
      expect(await settings.connection()).toMatchObject({ credentials: { kind: 'api-key', key: 'two' } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("the runner's own key and user count", async () => {
  const folder = temporaryFolder();
  const { privateKey, publicKey } = await makeKeyPair(join(folder, 'key'), 'ed25519', '');
  rmSync(folder, { recursive: true });
  const { staticKey, specFor } = await settingsOf({
    connector: {
      key: bytesOf(privateKey),
      username: 'ubuntu',
      protocolPort: 2222,
      os: 'linux',
      protocol: 'ssh',
    },
  });
  expect(staticKey).toEqual({ privateKey, publicKey });
  expect(specFor('ci-1').ssh).toMatchObject({ user: 'ubuntu', port: 2222 });
});

test('an error is told in keys, with the key of the entity that it is about', async () => {
  const { explained } = await settingsOf({ config: { disk: ['size=1,container=fast'] } });
  const about = (kind: string, name: string): OperationError =>
    new OperationError({
      code: 'not-found',
      attempted: `look up ${kind} "${name}"`,
      problem: 'there is none',
      advice: 'See --nutanix-cluster.',
      concerns: { kind, name },
    });
  expect(explained(about('image', 'debian-12')).message).toBe(
    'look up image "debian-12" (vm_image): there is none. See cluster.',
  );
  const both = asOneError('prepare', [about('subnet', 'vlan-120'), about('storage container', 'fast')]);
  expect(explained(both)).toMatchObject({ code: 'not-found', attempted: 'prepare' });
  expect(explained(both).message).toMatch(/"vlan-120" \(vm_network\).*"fast" \(disk\)/);
});

test('whatever is sent, the answer is settings or one error, without any secret', async () => {
  const secret = 'a-secret-of-prism';
  const known = [...Object.keys(LEAST), ...OPTION_KEYS.map((key) => configKeyOf(OPTIONS[key]))];
  const secrets = fc.oneof(
    ...[secret, [secret], { [secret]: secret }, 7].map((value) => fc.constant<unknown>(value)),
  );
  const entries = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...known), fc.string()), fc.jsonValue()));
  await fc.assert(
    fc.asyncProperty(entries, secrets, secrets, async (others, password, apiKey) => {
      const config = { ...LEAST, ...Object.fromEntries(others), password, api_key: apiKey, no_key: secret };
      const error: unknown = await readGroupSettings(bytesOf(config), NO_CONNECTOR, SOURCE).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(OperationError);
      expect(String(error)).not.toContain(secret);
    }),
    { numRuns: 300 },
  );
});
