import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineConfig } from '../../../src/settings/config/index.js';
import { readableByOthers } from '../../../src/settings/connection/credentials-file.js';
import { connectionOf } from '../../../src/settings/connection/index.js';

let folder: string;
/** What the user is told of the credentials. */
let warnings: string[];

beforeEach(() => {
  warnings = [];
  folder = mkdtempSync(join(tmpdir(), 'credentials-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'credentials');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

async function connection(config: Record<string, unknown>, environment: Record<string, string> = {}) {
  const machine = new MachineConfig();
  machine.load(Buffer.from(JSON.stringify({ Endpoint: 'prism', ...config })));
  return await connectionOf(machine.values, environment, (text) => warnings.push(text));
}

async function credentials(config: Record<string, unknown>, environment: Record<string, string> = {}) {
  return (await connection(config, environment)).credentials;
}

describe('credentials', () => {
  test.each([
    [
      { Username: 'u', Password: 'p' },
      { kind: 'password', username: 'u', password: 'p' },
    ],
    [
      { Username: 'X-Ntnx-API-Key', Password: 'k' },
      { kind: 'api-key', key: 'k' },
    ],
    [
      { Username: 'u', APIKey: 'k' },
      { kind: 'api-key', key: 'k' },
    ],
  ])('stored as %j', async (config, expected) => {
    await expect(credentials(config)).resolves.toEqual(expected);
  });

  test('that are not stored come from the environment', async () => {
    const environment = { NUTANIX_USERNAME: 'env', NUTANIX_PASSWORD: 'p' };
    await expect(credentials({}, environment)).resolves.toMatchObject({ username: 'env', password: 'p' });
    await expect(credentials({ Username: 'u' }, { NUTANIX_PASSWORD: 'p' })).resolves.toMatchObject({
      username: 'u',
    });
    await expect(credentials({}, { NUTANIX_API_KEY: 'k' })).resolves.toEqual({ kind: 'api-key', key: 'k' });
  });

  test('that are not stored come from the file that the environment names, before its other variables', async () => {
    const environment = {
      NUTANIX_CREDENTIALS_FILE: file('username=u\npassword=from-file'),
      NUTANIX_PASSWORD: 'p',
    };
    await expect(credentials({}, environment)).resolves.toMatchObject({
      username: 'u',
      password: 'from-file',
    });
    await expect(credentials({}, { ...environment, NUTANIX_ENDPOINT: 'other' })).rejects.toThrow(
      'the credentials in the environment are for other',
    );
  });

  test('of the environment are never sent to another Prism Central', async () => {
    const environment = {
      NUTANIX_USERNAME: 'u',
      NUTANIX_PASSWORD: 'p',
      NUTANIX_ENDPOINT: 'https://other:9440',
    };
    await expect(credentials({}, environment)).rejects.toThrow(
      /are for other \(\$NUTANIX_ENDPOINT\), so they were not sent/,
    );
    await expect(credentials({ Endpoint: 'OTHER:9441' }, environment)).resolves.toMatchObject({
      password: 'p',
    });
  });

  test('that are stored win over the environment', async () => {
    await expect(
      credentials({ Username: 'u', Password: 'stored' }, { NUTANIX_PASSWORD: 'p' }),
    ).resolves.toMatchObject({
      password: 'stored',
    });
  });

  test('that are nowhere: says where they can be', async () => {
    await expect(credentials({})).rejects.toThrow(
      /sign in to Prism Central prism: neither .* \(\$NUTANIX_PASSWORD\), .* \(\$NUTANIX_API_KEY\) and --nutanix-credentials-file/,
    );
    await expect(credentials({ Password: 'p' })).rejects.toThrow(/no user name\. Give --nutanix-username/);
  });
});

describe('a credentials file', () => {
  test.each([
    ['username=u\npassword=p=1 \n', { username: 'u', password: 'p=1' }],
    [
      '# comment\r\n\r\nNUTANIX_USERNAME="u"\r\nexport NUTANIX_PASSWORD=\'p "x"\'\r\n',
      { username: 'u', password: 'p "x"' },
    ],
    ['api-key=k', { key: 'k' }],
    ['API_KEY = k', { key: 'k' }],
    ['user-name=u\nPASSWORD="', { username: 'u', password: '"' }],
  ])('%j', async (text, expected) => {
    const config = { Username: 'stored', Password: 'stored', CredentialsFile: file(text) };
    await expect(credentials(config)).resolves.toMatchObject(expected);
  });

  test('leaves the user name to the configuration', async () => {
    await expect(credentials({ Username: 'u', CredentialsFile: file('password=p') })).resolves.toMatchObject({
      username: 'u',
      password: 'p',
    });
  });

  test.each([
    ['username=u', /neither password= nor api-key=/],
    ['pasword=hush', /line 1 is none of username=/],
    ['hush', /line 1 is none of/],
    ['x'.repeat(70_000), /it has 70000 bytes/],
  ])('%.20j is refused without quoting it', async (text, problem) => {
    const failed = credentials({ CredentialsFile: file(text) });
    await expect(failed).rejects.toThrow(problem);
    await expect(failed).rejects.not.toThrow('hush');
  });

  test('that is not there says so', async () => {
    await expect(credentials({ CredentialsFile: join(folder, 'none') })).rejects.toThrow(
      /none: there is no such file/,
    );
  });
});

describe('a helper', () => {
  test('is run, and what it prints is read', async () => {
    const path = file('#!/bin/sh\necho "username=$USERNAME_OF_TEST"; echo password=from-helper\n', 0o700);
    await expect(
      credentials({ CredentialsFile: path }, { USERNAME_OF_TEST: 'asked' }),
    ).resolves.toMatchObject({
      username: 'asked',
      password: 'from-helper',
    });
  });

  test('that fails says how, and nothing of what it printed', async () => {
    const path = file('#!/bin/sh\necho hush >&2; echo hush; exit 3\n', 0o700);
    const failed = credentials({ CredentialsFile: path });
    await expect(failed).rejects.toThrow(/the helper failed \(exit code 3\)/);
    await expect(failed).rejects.not.toThrow('hush');
  });

  test('that everybody may change is not run', async () => {
    await expect(credentials({ CredentialsFile: file('#!/bin/sh\n', 0o777) })).rejects.toThrow(
      /everybody may change/,
    );
  });
});

describe('trust', () => {
  const signIn = { Username: 'u', Password: 'p' };

  test('is the system’s, unless the person says otherwise', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const trust = async (config: object) => (await connection({ ...signIn, ...config })).trust;
    await expect(trust({})).resolves.toEqual({ kind: 'system' });
    await expect(trust({ Insecure: true })).resolves.toEqual({ kind: 'insecure' });
    await expect(trust({ CAFile: file(pem) })).resolves.toEqual({ kind: 'authorities', pem });
    const sha256 = 'ab'.repeat(32);
    await expect(trust({ Fingerprint: `sha256:${sha256}` })).resolves.toEqual({
      kind: 'fingerprint',
      sha256,
    });
    await expect(trust({ CAFile: file('no') })).rejects.toThrow(/holds no PEM certificate/);
    await expect(trust({ CAFile: join(folder, 'none') })).rejects.toThrow(
      /--nutanix-ca-file .*cannot read .*ENOENT/,
    );
  });

  test('host, port and proxy come from the options', async () => {
    await expect(
      connection({ ...signIn, Endpoint: '[fd00::1]:9441', ProxyURL: 'http://proxy:3128' }),
    ).resolves.toMatchObject({
      host: 'fd00::1',
      port: 9441,
      proxyUrl: 'http://proxy:3128',
    });
    await expect(connection({ ...signIn, Port: '9999' })).resolves.toMatchObject({
      host: 'prism',
      port: 9999,
    });
    await expect(connection({ ...signIn, Endpoint: '' })).rejects.toThrow(/must be the name or address/);
  });
});

describe('a credentials file that others can read', () => {
  test.each<[number, string | undefined]>([
    [0o600, undefined],
    [0o400, undefined],
    [0o622, undefined],
    [0o640, 'its group'],
    [0o604, 'all users of this computer'],
    [0o644, 'all users of this computer'],
  ])('mode %o: %s', async (mode, whose) => {
    const path = file('username=u\npassword=secret', mode);
    await credentials({ CredentialsFile: path });
    const octal = `0${mode.toString(8)}`;
    expect(warnings).toEqual(
      whose === undefined
        ? []
        : [
            `${whose} can read the credentials file ${path} (mode ${octal}): chmod 600 leaves it to its owner`,
          ],
    );
  });

  test('is warned about also when the environment names it', async () => {
    await credentials({}, { NUTANIX_CREDENTIALS_FILE: file('username=u\npassword=p', 0o644) });
    expect(warnings).toHaveLength(1);
  });

  test('may be a helper, which holds no credentials', async () => {
    await credentials({ CredentialsFile: file('#!/bin/sh\necho username=u; echo password=p', 0o755) });
    expect(warnings).toEqual([]);
  });

  test('is not known on Windows, where modes say nothing of it', () => {
    expect(readableByOthers('c', 0o100_666, 'win32')).toBeUndefined();
    expect(readableByOthers('c', 0o100_666, 'linux')).toContain('(mode 0666)');
  });
});
