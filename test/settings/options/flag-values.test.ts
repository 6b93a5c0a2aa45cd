import {
  OPTION_KEYS,
  optionProblems,
  OPTIONS,
  readFlags,
  type OptionValues,
} from '../../../src/settings/options/index.js';

/** The least that a create needs. */
const MINIMUM = {
  'nutanix-endpoint': 'prism.example.test',
  'nutanix-username': 'operator',
  'nutanix-password': 'secret',
  'nutanix-cluster': 'c1',
  'nutanix-vm-image': 'ubuntu',
  'nutanix-vm-network': ['net-a'],
} as const;

function read(flags: Record<string, unknown> = {}, environment: Record<string, string> = {}) {
  return readFlags(new Map<string, unknown>(Object.entries({ ...MINIMUM, ...flags })), environment);
}

function problems(flags: Record<string, unknown>): string[] {
  const { values, problems: types, unread } = read(flags);
  return [...types, ...optionProblems(values, OPTION_KEYS, unread)];
}

describe('reading what a client sends', () => {
  test('absent flags take their fallbacks', () => {
    const { values, problems: none } = read();
    expect(none).toEqual([]);
    const expected: Partial<OptionValues> = {
      Port: '9440',
      VMMem: 2048,
      Subnet: ['net-a'],
      SSHUser: 'root',
      SSHPort: 22,
      StoreCredentials: 'true',
      StopTimeout: 45,
      WaitFor: 'cloud-init',
      Insecure: false,
      Disks: [],
    };
    expect(values).toMatchObject(expected);
  });

  test('an empty text counts as the fallback, zero as zero', () => {
    const { values } = read({ 'nutanix-port': '', 'nutanix-boot-type': '', 'nutanix-stop-timeout': 0 });
    expect(values).toMatchObject({ Port: '9440', BootType: 'legacy', StopTimeout: 0 });
  });

  test('64-bit integers and whole floats are numbers', () => {
    expect(read({ 'nutanix-vm-mem': 4096n }).values.VMMem).toBe(4096);
    expect(read({ 'nutanix-vm-mem': 4096.5 }).problems).toEqual([
      '--nutanix-vm-mem ($NUTANIX_VM_MEM) must be a whole number, not a number (4096.5)',
    ]);
  });

  test.each([
    ['nutanix-vm-mem', 'lots', 'must be a whole number, not a string'],
    ['nutanix-vm-mem', 2n ** 63n, 'must be a whole number, not a bigint'],
    ['nutanix-insecure', 'yes', 'must be true or false, not a string'],
    ['nutanix-vm-network', 'net-a', 'must be a list of texts, not a string'],
    ['nutanix-vm-network', [1], 'must be a list of texts, not a list with a number'],
    ['nutanix-vm-network', ['a', { b: 1 }], 'must be a list of texts, not a list with an object'],
    ['nutanix-cluster', { name: 'c1' }, 'must be text, not an object'],
    ['nutanix-cluster', 7, 'must be text, not a number (7)'],
    ['nutanix-password', 1234, 'must be text, not a number'],
  ])('%s given as %p is refused', (name, value, text) => {
    expect(read({ [name]: value }).problems).toEqual([expect.stringContaining(text)]);
    expect(read({ [name]: value }).problems.join()).not.toContain('1234');
  });

  test('a list that is only in the environment is read here: clients send it empty', () => {
    const environment = { NUTANIX_VM_NETWORK: ' net-a , net-b,', NUTANIX_VM_GPU: 'A40' };
    const { values } = read({ 'nutanix-vm-network': [], 'nutanix-vm-gpu': undefined }, environment);
    expect(values).toMatchObject({ Subnet: ['net-a', 'net-b'], GPUs: ['A40'] });
  });

  test('names are exact, blanks at their ends too; beside the commas of a variable blanks separate', () => {
    const flags = {
      'nutanix-cluster': ' c 1 ',
      'nutanix-vm-network': [' net a', 'net-b ', '  ', ''],
      'nutanix-vm-gpu': [],
      'nutanix-vm-categories': [],
    };
    const environment = { NUTANIX_VM_GPU: ' A40 ', NUTANIX_VM_CATEGORIES: ' a=b , c=d \r\n' };
    expect(read(flags, environment).values).toMatchObject({
      Cluster: ' c 1 ',
      Subnet: [' net a', 'net-b '],
      GPUs: [' A40 '],
      Categories: ['a=b', 'c=d'],
    });
    expect(
      readFlags(new Map(), { NUTANIX_CLUSTER: ' c 1 \r\n', NUTANIX_VM_MEM: ' 512 ' }).values,
    ).toMatchObject({
      Cluster: ' c 1 ',
      VMMem: 512,
    });
  });

  test('what the client sends wins over the environment', () => {
    const environment = {
      NUTANIX_VM_NETWORK: 'other',
      NUTANIX_INSECURE: 'true',
      NUTANIX_VM_MEM: '1',
      NUTANIX_CLUSTER: 'x',
    };
    const { values } = read({ 'nutanix-insecure': false, 'nutanix-vm-mem': 512 }, environment);
    expect(values).toMatchObject({ Subnet: ['net-a'], Insecure: false, VMMem: 512, Cluster: 'c1' });
  });

  test('a flag that is absent altogether is read from the environment', () => {
    const { values } = readFlags(new Map(), {
      NUTANIX_CLUSTER: 'c9',
      NUTANIX_VM_MEM: '512',
      NUTANIX_INSECURE: 'true',
    });
    expect(values).toMatchObject({ Cluster: 'c9', VMMem: 512, Insecure: true });
    expect(readFlags(new Map(), { NUTANIX_VM_MEM: 'big' }).problems).toEqual([
      '$NUTANIX_VM_MEM must be a whole number',
    ]);
  });
});

describe('checking', () => {
  test.each(
    OPTION_KEYS.flatMap((key) =>
      [{ a: 1 }, [{}]].map((value) => [OPTIONS[key].name, JSON.stringify(value), value] as const),
    ),
  )('%s of another kind, %s, is one problem', (name, _text, value) => {
    expect(problems({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^--${name} .* must be .*, not an? `)),
    ]);
  });

  test('what is missing beside a value of another kind is told of, too', () => {
    expect(problems({ 'nutanix-cluster': {}, 'nutanix-vm-image': '', 'nutanix-vtpm': true })).toEqual([
      '--nutanix-cluster ($NUTANIX_CLUSTER) must be text, not an object',
      '--nutanix-vm-image ($NUTANIX_VM_IMAGE) is required',
      '--nutanix-vtpm ($NUTANIX_VTPM) needs --nutanix-boot-type ($NUTANIX_BOOT_TYPE) uefi or secure',
    ]);
  });

  test('the least is enough', () => {
    expect(problems({})).toEqual([]);
  });

  test('everything that is missing comes at once, with flag and variable', () => {
    const { values } = readFlags(new Map(), {});
    const text = optionProblems(values).join('; ');
    for (const key of [
      'Endpoint',
      'Cluster',
      'Image',
      'Subnet',
      'Username',
      'Password',
      'APIKey',
      'CredentialsFile',
    ] as const) {
      expect(text).toContain(`--${OPTIONS[key].name} ($${OPTIONS[key].env})`);
    }
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ 'nutanix-password': '' }, /^--nutanix-password .* is required, or --nutanix-api-key/],
    [{ 'nutanix-username': '' }, /^--nutanix-username .* is required, or/],
    [{ 'nutanix-api-key': 'k' }, /--nutanix-api-key .* and --nutanix-password .* exclude each other/],
    [
      { 'nutanix-insecure': true, 'nutanix-ca-file': '/ca' },
      /--nutanix-insecure .* and --nutanix-ca-file .* exclude/,
    ],
    [{ 'nutanix-fingerprint': 'sha256:12' }, /--nutanix-fingerprint .* 64 hexadecimal digits/],
    [{ 'nutanix-endpoint': 'http://prism' }, /--nutanix-endpoint .* must be the name or address/],
    [{ 'nutanix-endpoint': 'prism:9441', 'nutanix-port': '9442' }, /name two ports, 9441 and 9442/],
    [{ 'nutanix-port': '99999' }, /port number from 1 to 65535/],
    [{ 'nutanix-vm-mem': 0 }, /at least 256, not 0/],
    [{ 'nutanix-vm-cpus': -1 }, /from 1 to 1024, not -1/],
    [{ 'nutanix-vm-categories': ['a=b', 'c', '=d'] }, /must be key=value, .* not "c", "=d"/],
    [{ 'nutanix-storage-container': 'sc' }, /--nutanix-storage-container .* needs --nutanix-disk-size/],
    [{ 'nutanix-vtpm': true }, /--nutanix-vtpm .* needs --nutanix-boot-type/],
    [{ 'nutanix-boot-type': 'secure', 'nutanix-machine-type': 'pc' }, /must be q35/],
    [{ 'nutanix-boot-type': 'bios' }, /legacy, uefi or secure, not "bios"/],
    [{ 'nutanix-ip': ['10.0.0.1', '10.0.0.2'] }, /given 2 times, but there are only 1 networks/],
    [{ 'nutanix-ip': ['10.0.0.300'] }, /must be IP addresses, or auto/],
    [{ 'nutanix-ip-network': '10.0.0.0/33' }, /a network such as 10.20.0.0\/16/],
    [{ 'nutanix-wait-for': 'dhcp' }, /ip, ssh or cloud-init/],
    [{ 'nutanix-ssh-user': 'Root User' }, /Linux user name/],
    [{ 'nutanix-ssh-port': 70000 }, /from 1 to 65535/],
    [{ 'nutanix-store-credentials': 'no' }, /true or false, not "no"/],
    [{ 'nutanix-timeout': 0 }, /from 1 to 86400/],
    [{ 'nutanix-cloud-init': '#cloud-config', 'nutanix-cloud-init-file': '/f' }, /exclude each other/],
    [{ 'nutanix-docker-disk-fs': 'zfs' }, /xfs or ext4/],
    [
      { 'nutanix-store-credentials': 'false', 'nutanix-proxy': 'http://u:pass-word@proxy' },
      /--nutanix-proxy .* holds a password, .* use \$HTTPS_PROXY/,
    ],
    [{ 'nutanix-proxy': 'user:pass-word@proxy' }, /--nutanix-proxy .* must be a URL such as \S+$/],
    [{ 'nutanix-proxy': 'http://u:80/pass-word@proxy' }, /have to be written as %2F %3F %23$/],
  ])('%j', (flags, problem) => {
    expect(problems(flags)).toEqual([expect.stringMatching(problem)]);
    expect(problems(flags).join()).not.toContain('pass-word');
  });

  test.each<Record<string, unknown>>([
    { 'nutanix-password': '', 'nutanix-username': '', 'nutanix-api-key': 'k' },
    { 'nutanix-password': '', 'nutanix-credentials-file': '/f' },
    { 'nutanix-endpoint': 'prism:9441', 'nutanix-port': '9441' },
    { 'nutanix-fingerprint': `SHA256:${'AB:'.repeat(31)}AB` },
    { 'nutanix-vm-categories': ['key=a=b', ' k = v '] },
    { 'nutanix-storage-container': 'sc', 'nutanix-docker-disk-size': 20 },
    { 'nutanix-ip': ['auto', '10.0.0.1'], 'nutanix-vm-network': ['a', 'b'] },
    { 'nutanix-ip-network': 'fd00::/8' },
    { 'nutanix-vtpm': true, 'nutanix-boot-type': 'uefi' },
    { 'nutanix-stop-timeout': 0 },
  ])('%j is fine', (flags) => {
    expect(problems(flags)).toEqual([]);
  });
});
