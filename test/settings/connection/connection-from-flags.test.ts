import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionFromFlags } from '../../../src/settings/connection/connection-from-flags.js';

/** These credentials give no cause for a warning. */
function unwarned(text: string): void {
  throw new Error(text);
}

const ENVIRONMENT = {
  NUTANIX_ENDPOINT: 'prism.example:9000',
  NUTANIX_USERNAME: 'ci',
  NUTANIX_PASSWORD: 'from-the-environment',
};
const FINGERPRINT = 'ab'.repeat(32);

test('the environment alone is enough; nothing about a machine is asked for', async () => {
  expect(await connectionFromFlags(new Map(), ENVIRONMENT, unwarned)).toEqual({
    host: 'prism.example',
    port: 9000,
    credentials: { kind: 'password', username: 'ci', password: 'from-the-environment' },
    trust: { kind: 'system' },
    proxyUrl: undefined,
  });
});

test('flags count before the environment; those about a machine do not count at all', async () => {
  const flags = new Map<string, unknown>([
    ['nutanix-endpoint', 'other.example'],
    ['nutanix-fingerprint', `sha256:${FINGERPRINT}`],
    ['nutanix-username', 'operator'],
    ['nutanix-vm-cpus', 'many'],
    ['nutanix-vtpm', true],
  ]);
  expect(
    await connectionFromFlags(flags, { ...ENVIRONMENT, NUTANIX_STORAGE_CONTAINER: 'x' }, unwarned),
  ).toMatchObject({
    host: 'other.example',
    port: 9440,
    credentials: { username: 'operator' },
    trust: { kind: 'fingerprint', sha256: FINGERPRINT },
  });
});

test('files may be named from the home folder', async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  try {
    writeFileSync(join(home, 'key'), 'api-key=k-1\n', { mode: 0o600 });
    const environment = {
      NUTANIX_ENDPOINT: 'prism.example',
      NUTANIX_CREDENTIALS_FILE: '~/key',
      HOME: home,
    };
    expect(await connectionFromFlags(new Map(), environment, unwarned)).toMatchObject({
      credentials: { kind: 'api-key', key: 'k-1' },
    });
  } finally {
    rmSync(home, { recursive: true });
  }
});

test.each([
  [{}, /NUTANIX_ENDPOINT.* is required.*NUTANIX_USERNAME.*NUTANIX_PASSWORD.*required/],
  [{ ...ENVIRONMENT, NUTANIX_ENDPOINT: 'http://x y' }, /NUTANIX_ENDPOINT/],
  [{ ...ENVIRONMENT, NUTANIX_PORT: 'https' }, /NUTANIX_PORT/],
  [{ ...ENVIRONMENT, NUTANIX_INSECURE: 'perhaps' }, /NUTANIX_INSECURE/],
  [{ ...ENVIRONMENT, NUTANIX_CA_FILE: '/nowhere/ca.pem' }, /cannot read \/nowhere\/ca\.pem/],
])('%j is refused, without the password in the text', async (environment, text) => {
  const problem = connectionFromFlags(new Map(), environment, unwarned);
  await expect(problem).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(problem).rejects.toThrow(text);
  await expect(problem).rejects.not.toThrow(/from-the-environment/);
});
