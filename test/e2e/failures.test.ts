import { DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

/** What a person reads when something is wrong, and that nothing is made then. */
describe('create refuses what cannot work', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());

  interface Case {
    readonly what: string;
    readonly env?: () => Record<string, string | undefined>;
    readonly flags?: readonly string[];
    readonly name?: string;
    /** All of these are said. */
    readonly says: readonly (string | RegExp)[];
  }

  const cases: Case[] = [
    {
      what: 'a wrong password',
      env: () => ({ NUTANIX_PASSWORD: 'not-the-password' }),
      says: [/refused user \W*admin/, '401', /check user name and password/i],
    },
    {
      what: 'an unreachable endpoint',
      // Nothing listens at the port of tcpmux; a free one may be another test's by then.
      env: () => ({ NUTANIX_PORT: '1' }),
      says: ['127.0.0.1', /connection refused/, /check host and port/i],
    },
    {
      what: 'a host name that does not exist',
      env: () => ({ NUTANIX_ENDPOINT: 'prism.invalid' }),
      says: ['prism.invalid', /not known/, /check the host name/i],
    },
    {
      what: 'a certificate that nobody vouches for',
      env: () => ({
        NUTANIX_FINGERPRINT: undefined,
        NUTANIX_CA_FILE: undefined,
        NUTANIX_INSECURE: undefined,
      }),
      says: [
        /self signed certificate/,
        /sha256:[0-9a-f]{64}/,
        /trust this certificate by its fingerprint: --nutanix-fingerprint sha256:/,
        /authority that signed it \(--nutanix-ca-file\)/,
        /verification off \(--nutanix-insecure\)/,
      ],
    },
    {
      what: 'another certificate than the pinned one',
      env: () => ({ NUTANIX_FINGERPRINT: `sha256:${'ab'.repeat(32)}` }),
      says: [/certificate|fingerprint/i, /sha256/i],
    },
    {
      what: 'an unknown image',
      flags: ['--nutanix-vm-image', 'no-such-image'],
      says: [/look up image \W*no-such-image\W* \(--nutanix-vm-image\): there is no image/],
    },
    {
      what: 'an unknown cluster',
      flags: ['--nutanix-cluster', 'no-such-cluster'],
      says: [/look up cluster \W*no-such-cluster\W* \(--nutanix-cluster\): there is no cluster/],
    },
    {
      what: 'several unknown things, all in one message, each with its flag',
      flags: [
        ...['--nutanix-vm-image', 'no-such-image'],
        ...['--nutanix-vm-network', 'no-such-subnet'],
        ...['--nutanix-project', 'no-such-project'],
        ...['--nutanix-vm-categories', 'no-such-key=value'],
        ...['--nutanix-vm-gpu', 'no-such-gpu'],
        ...['--nutanix-storage-container', 'no-such-container', '--nutanix-docker-disk-size', '1'],
        ...['--nutanix-disk', 'size=1,container=not-there'],
      ],
      says: [
        /image \W*no-such-image\W* \(--nutanix-vm-image\): /,
        /subnet \W*no-such-subnet\W* \(--nutanix-vm-network\): /,
        /project \W*no-such-project\W* \(--nutanix-project\): /,
        /category \W*no-such-key=value\W* \(--nutanix-vm-categories\): /,
        /GPU \W*no-such-gpu\W* \(--nutanix-vm-gpu\): /,
        /storage container \W*no-such-container\W* \(--nutanix-storage-container\): /,
        /storage container \W*not-there\W* \(--nutanix-disk\): /,
      ],
    },
    {
      what: 'missing flags, all in one message',
      env: () => Object.fromEntries(Object.keys(simulator.env).map((name) => [name, undefined])),
      says: ['endpoint', 'username', 'password', 'cluster', 'vm-image', 'vm-network'].flatMap((name) => [
        `--nutanix-${name}`,
        `NUTANIX_${name.toUpperCase().replace('-', '_')}`,
      ]),
    },
    {
      what: 'flags that contradict each other',
      flags: ['--nutanix-vm-mem', '-5', '--nutanix-boot-type', 'floppy'],
      says: ['--nutanix-vm-mem', '--nutanix-boot-type', 'floppy'],
    },
    {
      what: 'disks over folders that the guest needs, all in one message',
      flags: ['/etc', '/var', '/usr/bin', '/dev'].flatMap((path) => [
        '--nutanix-disk',
        `size=1,mount=${path}`,
      ]),
      says: ['/etc', '/var', '/usr/bin', '/dev'].map(
        (path) => `"size=1,mount=${path}" cannot be mounted there`,
      ),
    },
    {
      what: 'a Butane config, which no guest reads',
      flags: ['--nutanix-cloud-init', 'variant: fcos\nversion: 1.5.0\n'],
      says: [/it is a Butane config/, /butane --strict/],
    },
    {
      what: 'an Ignition config that hands over to another one',
      flags: [
        '--nutanix-cloud-init',
        '{"ignition":{"version":"3.4.0","config":{"replace":{"source":"https://x"}}}}',
      ],
      says: [/the SSH key of this machine would be lost/, /ignition\.config\.merge/],
    },
    {
      what: 'a disk to be mounted beside an Ignition config',
      flags: ['--nutanix-cloud-init', '{"ignition":{"version":"3.4.0"}}', '--nutanix-docker-disk-size', '5'],
      says: ['/var/lib/docker', /without a mount point/, /storage\.filesystems/],
    },
    {
      what: 'a network configuration, which Prism Central cannot carry',
      flags: ['--nutanix-cloud-init', '#cloud-config\nnetwork: {version: 2}\n'],
      says: [/it has a `network`/, /subnet whose addresses Prism Central manages/, 'docs/guests.md'],
    },
    { what: 'a name that is too long for a host', name: 'a'.repeat(80), says: [/name/i, /6[34]/] },
    { what: 'a name that ends in a hyphen', name: 'web-', says: [/name/i] },
    { what: 'a name with an empty label', name: 'web..example', says: [/name/i] },
  ];

  test.each(cases)('$what', async ({ env = () => ({}), flags = [], name = 'web-1', says }) => {
    const machine = new Machine(DOCKER_MACHINE, { ...simulator.env, ...env() });
    try {
      const { code, output } = await machine.attempt('create', '-d', 'nutanix', ...flags, name);
      expect([1, 3]).toContain(code);
      for (const text of says) expect(output).toMatch(text);
      expect(output).not.toContain('not-the-password');
      expect(await machine.run('ls', '-q')).toBe('');
      expect(await simulator.vmNames()).toEqual([]);
    } finally {
      machine.dispose();
    }
  });
});
