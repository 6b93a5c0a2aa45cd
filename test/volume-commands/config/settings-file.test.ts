import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, settingsPath } from '../../../src/volume-commands/config/settings-file.js';
import { settingsSchema, settingsTemplate } from '../../../src/volume-commands/config/settings-schema.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'nutanix-volume.yaml');
const passwordFile = join(folder, 'password');

function settings(text: string, mode = 0o600): string {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const LEAST = 'endpoint: pc.example\nusername: docker\npassword: geheim\n';
const warnings: string[] = [];
const warn = (text: string): void => void warnings.push(text);

describe('the settings', () => {
  test('need an endpoint and who signs in, and have defaults for the rest', async () => {
    expect(await readSettings(settings(LEAST), warn)).toEqual({
      file: path,
      connection: {
        host: 'pc.example',
        port: 9440,
        credentials: { kind: 'password', username: 'docker', password: 'geheim' },
        trust: { kind: 'system' },
      },
      attachment: 'vm',
      folder: '/var/lib/nutanix-volume',
      policyFile: '/etc/nutanix-volume/policy.yaml',
    });
    expect(warnings).toEqual([]);
  });

  test('say all else', async () => {
    writeFileSync(passwordFile, 'geh#eim: x\n', { mode: 0o600 });
    const text = [
      'endpoint: "[2001:db8::1]:9441"',
      'username: docker',
      `password-file: ${passwordFile}`,
      `fingerprint: sha256:${'ab'.repeat(32)}`,
      'proxy: http://proxy.example:3128',
      'api: v4',
      'cluster: c1',
      'storage-container: fast',
      'attachment: iscsi',
      'vm-id: 1b22a6c0-4b5e-4c7a-9b7e-0d4c5f1d2e3f',
      'folder: /srv/volumes',
      'policy: /srv/policy.yaml',
    ].join('\n');
    expect(await readSettings(settings(text), warn)).toEqual({
      file: path,
      connection: {
        host: '2001:db8::1',
        port: 9441,
        credentials: { kind: 'password', username: 'docker', password: 'geh#eim: x' },
        trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) },
        proxyUrl: 'http://proxy.example:3128',
        api: 'v4',
      },
      cluster: 'c1',
      storageContainer: 'fast',
      attachment: 'iscsi',
      vmId: '1b22a6c0-4b5e-4c7a-9b7e-0d4c5f1d2e3f',
      folder: '/srv/volumes',
      policyFile: '/srv/policy.yaml',
    });
  });

  test('take the API key of a service account', async () => {
    const { connection } = await readSettings(settings('endpoint: pc.example\napi-key: k3y\n'), warn);
    expect(connection.credentials).toEqual({ kind: 'api-key', key: 'k3y' });
  });

  test('have an authority as text', async () => {
    const text = `${LEAST}ca: |\n  -----BEGIN CERTIFICATE-----\n  abc\n  -----END CERTIFICATE-----\n`;
    const { connection } = await readSettings(settings(text), warn);
    const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';
    expect(connection.trust).toEqual({ kind: 'authorities', pem });
  });

  test.each([0o644, 0o640, 0o604, 0o620, 0o660])('of mode %o are refused', async (mode) => {
    await expect(readSettings(settings(LEAST, mode), warn)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/other users can read or change .* chmod 600/) as unknown,
    });
  });

  test('refuse a password file that others can read', async () => {
    writeFileSync(passwordFile, 'geheim');
    chmodSync(passwordFile, 0o644);
    const text = `endpoint: pc.example\nusername: u\npassword-file: ${passwordFile}\n`;
    await expect(readSettings(settings(text), warn)).rejects.toThrow(
      `other users can read or change ${passwordFile}`,
    );
  });

  test.each([
    ['', 'endpoint'],
    [
      'endpoint: pc.example\n',
      'one of password, password-file, api-key, credentials-file has to say who signs in',
    ],
    [`${LEAST}api-key: x\n`, 'password and api-key exclude one another'],
    ['endpoint: pc.example\npassword: geheim\n', 'username is missing'],
    [`${LEAST}attachement: vm\n`, 'there is no key attachement; did you mean attachment?'],
    [`${LEAST}colour: red\n`, 'there is no key colour; known: endpoint, port, '],
    [`${LEAST}attachment: nfs\n`, 'attachment: '],
    [`${LEAST}port: 0\n`, 'port: '],
    [`${LEAST}vm-id: web-1\n`, 'vm-id: '],
    [`${LEAST}fingerprint: abc\n`, 'fingerprint must be sha256: and 64 hexadecimal digits'],
    [`${LEAST}ca-file: /nowhere/ca.pem\n`, '/nowhere/ca.pem'],
    ['endpoint: pc.example/v3\nusername: u\npassword: geheim\n', 'endpoint must be the name or address'],
    ['endpoint: [\npassword: geheim\n', 'it is not YAML'],
    ['- endpoint\n', 'the file: '],
    [`${LEAST}username: again\n`, 'it is not YAML'],
  ])('%j is refused', async (text, problem) => {
    const refused = readSettings(settings(text), warn);
    await expect(refused).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.not.toThrow('geheim');
    await expect(refused).rejects.not.toThrow('--nutanix');
  });

  test('that are not there: how to write them', async () => {
    await expect(readSettings(join(folder, 'none.yaml'), warn)).rejects.toThrow('nutanix-volume config init');
  });

  test.each([
    ['/a.yaml', { NUTANIX_VOLUME_CONFIG: '/b.yaml' }, '/a.yaml'],
    [undefined, { NUTANIX_VOLUME_CONFIG: '/b.yaml' }, '/b.yaml'],
    [undefined, { NUTANIX_VOLUME_CONFIG: '' }, '/etc/nutanix-volume/nutanix-volume.yaml'],
    [undefined, {}, '/etc/nutanix-volume/nutanix-volume.yaml'],
  ])('option %j, environment %j: %s', (option, environment, file) => {
    expect(settingsPath(option, environment)).toBe(file);
  });

  test('the template has every key, and can be read once the password is there', async () => {
    const template = settingsTemplate();
    for (const key of Object.keys(settingsSchema.shape))
      expect(template).toMatch(new RegExp(`^#?${key}:`, 'm'));
    writeFileSync(passwordFile, 'geheim');
    chmodSync(passwordFile, 0o600);
    const text = template.replace('/etc/nutanix-volume/password', passwordFile);
    expect((await readSettings(settings(text), warn)).connection.host).toBe('pc.example.com');
  });
});
