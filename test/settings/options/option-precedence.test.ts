import { optionProblems, readFlags } from '../../../src/settings/options/index.js';

const MINIMUM = {
  'nutanix-endpoint': 'prism.example.test',
  'nutanix-username': 'operator',
  'nutanix-cluster': 'c1',
  'nutanix-vm-image': 'ubuntu',
  'nutanix-vm-network': ['net-a'],
} as const;

/** What arrives from a client: its environment is mixed into the values of flags that were not given. */
function read(flags: Record<string, unknown>, environment: Record<string, string>) {
  const given = new Map<string, unknown>(Object.entries({ ...MINIMUM, ...flags }));
  const { values } = readFlags(given, environment);
  return { values, problems: optionProblems(values) };
}

const PRINT = 'ab'.repeat(32);

describe('the flag wins over the environment, also between options that exclude each other', () => {
  test.each<[string, Record<string, unknown>, Record<string, string>, object]>([
    [
      'a key, and a password in the environment',
      { 'nutanix-api-key': 'k', 'nutanix-password': 'p' },
      { NUTANIX_PASSWORD: 'p' },
      { APIKey: 'k', Password: '' },
    ],
    [
      'a password, and a key in the environment',
      { 'nutanix-api-key': 'k', 'nutanix-password': 'p' },
      { NUTANIX_API_KEY: 'k' },
      { APIKey: '', Password: 'p' },
    ],
    [
      'a key, and a password that the client did not mix in',
      { 'nutanix-api-key': 'k' },
      { NUTANIX_PASSWORD: 'p' },
      { APIKey: 'k', Password: '' },
    ],
    [
      'a password, and a credentials file in the environment',
      { 'nutanix-password': 'p', 'nutanix-credentials-file': '/f' },
      { NUTANIX_CREDENTIALS_FILE: '/f' },
      { Password: 'p', CredentialsFile: '' },
    ],
    [
      'a fingerprint, and trust in anybody in the environment',
      { 'nutanix-password': 'p', 'nutanix-fingerprint': PRINT, 'nutanix-insecure': true },
      { NUTANIX_INSECURE: '1' },
      { Fingerprint: PRINT, Insecure: false },
    ],
    [
      'an endpoint with a port, and another port in the environment',
      { 'nutanix-password': 'p', 'nutanix-endpoint': 'pc.test:9555', 'nutanix-port': '9441' },
      { NUTANIX_PORT: '9441' },
      { Endpoint: 'pc.test:9555', Port: '9440' },
    ],
    [
      'the default of the port, which clients send too, and an endpoint with another one in the environment',
      { 'nutanix-password': 'p', 'nutanix-endpoint': 'pc.test:9441', 'nutanix-port': '9440' },
      { NUTANIX_ENDPOINT: 'pc.test:9441' },
      { Endpoint: 'pc.test:9441', Port: '9440' },
    ],
    [
      'a port, and an endpoint with another one in the environment',
      { 'nutanix-password': 'p', 'nutanix-endpoint': 'pc.test:9441', 'nutanix-port': '9555' },
      { NUTANIX_ENDPOINT: 'pc.test:9441' },
      { Endpoint: 'pc.test', Port: '9555' },
    ],
  ])('%s', (_case, flags, environment, expected) => {
    const { values, problems } = read(flags, environment);
    expect(values).toMatchObject(expected);
    expect(problems).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['flags', {}],
    ['the environment', { NUTANIX_PASSWORD: 'p', NUTANIX_API_KEY: 'k' }],
  ])('two by %s are a contradiction', (_case, environment) => {
    const { problems } = read({ 'nutanix-api-key': 'k', 'nutanix-password': 'p' }, environment);
    expect(problems.join()).toMatch(/exclude each other/);
  });
});
