import fc from 'fast-check';
import { MachineConfig } from '../../../src/settings/config/index.js';
import { goJson, jsonMembers } from '../../../src/settings/config/json-members.js';
import { OFFICIAL_CONFIG } from '../../libmachine/golden.js';

const bytes = (json: unknown): Uint8Array =>
  Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));

function loaded(...documents: unknown[]): MachineConfig {
  const config = new MachineConfig();
  for (const document of documents) config.load(bytes(document));
  return config;
}

function errorOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

const saved = (config: MachineConfig): unknown => JSON.parse(config.toJson());

describe('config.json', () => {
  test('of the official driver loads with all its values', () => {
    const { values } = loaded(OFFICIAL_CONFIG);
    expect(values).toMatchObject({
      Endpoint: 'prism.example.test',
      Port: '9440',
      Insecure: true,
      VMMem: 4096,
      Subnet: ['net-a', 'net-b'],
      VMId: '5b0f5b1c-0e0a-4a4c-8c63-0d5f4f1f9a11',
      Timeout: 300,
      IPAddress: '192.0.2.31',
      // What it does not have stands at our defaults.
      StopTimeout: 45,
      StoreCredentials: 'true',
      CreationKey: '',
      Categories: [],
    });
  });

  test('of the official driver goes back with the same keys, types and values', () => {
    expect(saved(loaded(OFFICIAL_CONFIG))).toMatchObject({ ...OFFICIAL_CONFIG, Categories: [] });
  });

  test('of the first create call has empty base keys', () => {
    const base =
      '{"IPAddress":"","MachineName":"web-1","SSHUser":"","SSHPort":0,"SSHKeyPath":"","StorePath":"/s","SwarmMaster":false,"SwarmHost":"","SwarmDiscovery":""}';
    expect(loaded(base).values).toMatchObject({
      MachineName: 'web-1',
      StorePath: '/s',
      SSHPort: 0,
      Port: '9440',
    });
  });

  test('absent keys and null keep the value; the case of a key does not matter', () => {
    const config = loaded({ Cluster: 'a', VMMem: 1024 }, { cluster: 'b', VMMEM: null, subnet: null });
    expect(config.values).toMatchObject({ Cluster: 'b', VMMem: 1024, Subnet: [] });
  });

  test('a list that the first official versions stored as text is read', () => {
    expect(loaded({ Subnet: 'net-a, net-b', Categories: '' }).values).toMatchObject({
      Subnet: ['net-a', 'net-b'],
      Categories: [],
    });
  });

  test('keys that are not ours survive to the letter, and a second load adds to them', () => {
    const config = loaded(
      '{"Big":12345678901234567890,"Deep":{"a":[1.50,{"b":"}]"}]},"__proto__":1}',
      '{"Big":0.10,"New":[]}',
    );
    const json = config.toJson();
    expect(json).toContain('"Big":0.10');
    expect(json).toContain('"Deep":{"a":[1.50,{"b":"}]"}]}');
    expect(json).toContain('"__proto__":1');
    expect(json).toContain('"New":[]');
  });

  test('is written as Go writes it: no character that could start markup', () => {
    const config = loaded({ Cluster: '<a>&\u2028', Odd: '<b>' });
    const json = config.toJson();
    expect(json).toContain('"Cluster":"\\u003ca\\u003e\\u0026\\u2028"');
    expect(json).not.toMatch(/[<>&\u2028]/);
    expect(saved(config)).toMatchObject({ Cluster: '<a>&\u2028', Odd: '<b>' });
  });

  test('can be written without credentials, and loading that keeps them', () => {
    const config = loaded({ Password: 'p', APIKey: 'k' });
    const json = config.toJson(new Set(['Password', 'APIKey']));
    expect(json).not.toMatch(/Password|APIKey/);
    config.load(Buffer.from(json));
    expect(config.values).toMatchObject({ Password: 'p', APIKey: 'k' });
  });

  test.each([
    ['{"VMMem":"2048"}', /VMMem must be a whole number/],
    [
      '{"VMMem":1.5,"insecure":"yes","Subnet":[1]}',
      /VMMem .*; Insecure must be true or false; Subnet must be a list of strings/,
    ],
    ['{"Port":9440}', /Port must be a string/],
    ['{"SSHPort":1e400}', /SSHPort must be a whole number/],
    ['null', /got null/],
    ['[]', /got a list/],
    ['7', /got number/],
    ['', /not valid JSON/],
    ['{"Password":"s3cr3t"', /not valid JSON/],
    ['{"Password":"s3cr3t" x}', /not valid JSON/],
    ['['.repeat(200_000), /not valid JSON/],
    [`{"a":"${'x'.repeat(4 * 1024 * 1024)}"}`, /bytes, more than/],
  ])('%.40s is refused without changing or quoting anything', (json, message) => {
    const config = loaded({ Cluster: 'before' });
    const before = config.toJson();
    const error = errorOf(() => config.load(bytes(json)));
    expect(error).toMatch(message);
    expect(error).not.toContain('s3cr3t');
    expect(config.toJson()).toBe(before);
  });
});

describe('members of a JSON object', () => {
  test('are those that JSON.parse finds, whatever the layout', () => {
    const layout = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        layout,
        (object, indent) => {
          const members = jsonMembers(JSON.stringify(object, undefined, indent));
          const again = members.map(({ key, source }) => [key, JSON.parse(source) as unknown]);
          expect(again).toEqual(
            Object.entries(object).map(([key, value]) => [key, JSON.parse(JSON.stringify(value)) as unknown]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('survive a round trip through the configuration', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().map((key) => `x${key}`),
          fc.jsonValue(),
          { noNullPrototype: true },
        ),
        (object) => {
          const json = JSON.stringify(object);
          expect(saved(loaded(json))).toMatchObject(JSON.parse(json) as object);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('Go’s escapes change nothing but the spelling', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(JSON.parse(goJson(json))).toEqual(JSON.parse(json));
      }),
    );
  });
});
