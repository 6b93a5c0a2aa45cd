import {
  decodedWithoutSecrets,
  headersWithoutSecrets,
  maskedText,
  withoutSecrets,
} from '../../../src/simulator/page/workbench/hidden-secrets.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** Every secret of these tests has it in its value. */
const MARK = 'hunter2';
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${MARK}\n-----END OPENSSH PRIVATE KEY-----`;

const CLOUD_CONFIG = `#cloud-config
# the password is ${MARK}
hostname: web-1
ssh_pwauth: false
users:
  - name: docker # ${MARK}
    passwd: $6$${MARK}
    lock_passwd: true
    sudo: 'ALL=(ALL) NOPASSWD:ALL'
    ssh_authorized_keys: [ssh-ed25519 AAAAC3 me@here]
chpasswd:
  list: |
    root:${MARK}
ssh_keys: { rsa_private: '${MARK}' }
write_files:
  - path: /etc/token
    content: ${MARK}
runcmd:
  - 'curl -H "Authorization: Bearer ${MARK}" https://me:${MARK}@example.com/'
  - [docker, login, --password=${MARK}]
  - export API_KEY=${MARK} && echo done
`;

test('a cloud-config: what can hold a secret is hidden by its place, the rest can be read', () => {
  const shown = decodedWithoutSecrets(base64(CLOUD_CONFIG));
  expect(shown).not.toContain(MARK);
  for (const kept of [
    '#cloud-config\n',
    'hostname: web-1',
    'lock_passwd: true',
    'NOPASSWD:ALL',
    'ssh_pwauth: false',
    'ssh-ed25519 AAAAC3',
    'path: /etc/token',
    'example.com',
    'echo done',
  ])
    expect(shown).toContain(kept);
});

test.each([
  ['a script', `#!/bin/sh\nexport PASSWORD='${MARK} x'\ndocker login -u me -p ${MARK} registry\necho done`],
  ['a script that logs in', `#!/bin/sh\ncurl -s -u me:${MARK} https://example.com\necho done`],
  ['a key', `#!/bin/sh\ncat >key <<END\n${KEY}\nEND\necho done`],
  ['YAML that is broken', `a: [\npassword: ${MARK}\necho done`],
])('%s: what looks like a secret is hidden', (_, text) => {
  const shown = decodedWithoutSecrets(base64(text));
  expect(shown).not.toContain(MARK);
  expect(shown).toContain('echo done');
});

test.each([
  ['several parts', `Content-Type: multipart/mixed; boundary=x\nMIME-Version: 1.0\n\n${MARK}`],
  ['a very long one', MARK.repeat(20_000)],
])('user data of %s are not shown at all', (_, text) => {
  expect(decodedWithoutSecrets(base64(text))).not.toContain(MARK);
});

test('bodies of both APIs: members by name, user data as text', () => {
  const shown = withoutSecrets({
    name: 'web-1',
    spec: { resources: { guest_customization: { cloud_init: { user_data: base64(CLOUD_CONFIG) } } } },
    guestCustomization: {
      config: {
        cloudInitScript: { $objectType: 'vmm.v4.ahv.config.Userdata', value: base64(CLOUD_CONFIG) },
      },
    },
    sysprep: { unattend_xml: base64(MARK) },
    iscsiFeatures: { targetSecret: MARK, enabledAuthentications: 'CHAP' },
    clients: [{ clientSecret: MARK }],
    isPasswordSet: true,
    note: `see https://me:${MARK}@example.com`,
    count: 2,
    nothing: null,
  });
  const text = JSON.stringify(shown);
  expect(text).not.toContain(MARK);
  expect(text).not.toContain(base64(MARK).slice(0, 8));
  expect(shown).toMatchObject({ name: 'web-1', isPasswordSet: true, count: 2, nothing: null });
  expect(text).toContain('"enabledAuthentications":"CHAP"');
  expect(text.match(/hostname: web-1/g)).toHaveLength(2);
});

test('headers: credentials and cookies are hidden, whatever their case', () => {
  const shown = headersWithoutSecrets({
    'User-Agent': 'driver/1',
    AUTHORIZATION: `Basic ${MARK}`,
    Cookie: MARK,
    'Set-Cookie': [MARK, MARK],
    'X-ntnx-api-key': MARK,
  });
  expect(JSON.stringify(shown)).not.toContain(MARK);
  expect(shown.map(([name]) => name)).toEqual([
    'authorization',
    'cookie',
    'set-cookie',
    'user-agent',
    'x-ntnx-api-key',
  ]);
  expect(shown).toContainEqual(['user-agent', 'driver/1']);
});

test('texts without a secret stay as they are', () => {
  for (const text of ['VM web-1 is not powered on', '/vms?filter=name==web-1', '<html>Bad Gateway</html>'])
    expect(maskedText(text)).toBe(text);
});
