import { gzipSync } from 'node:zlib';
import {
  bodyWithoutSecrets,
  headersWithoutSecrets,
  withoutSecrets,
} from '../../../src/simulator/page/workbench/hidden-secrets.js';
import { maskedText } from '../../../src/simulator/page/workbench/masked-text.js';
import { decodedWithoutSecrets } from '../../../src/simulator/page/workbench/user-data.js';

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
  ['a value with an anchor', `a: 1\nx: { passwd: { b: &s ${MARK} } }\nnote: *s`],
  ['a value that others refer to', `a: 1\npassword: &s ${MARK}\nnote: *s`],
  ['a whole that others merge', `a: 1\nx: &d { passwd: ${MARK} }\nusers: [{ <<: *d }]`],
  ['binary content', `a: 1\nwrite_files: [{ content: !!binary ${base64(MARK)} }]`],
  ['binary anywhere', `a: 1\nx: [!!binary ${base64(MARK)}]\ny: !!binary ${base64(MARK)}`],
  ['pairs of names and values', `a: 1\nenv: [{ name: DB_PASSWORD, value: ${MARK} }]`],
  ['keys of services', `a: 1\nrh: { activation-key: ${MARK} }\nlandscape: { registration_key: ${MARK} }`],
  [
    'commands as lists',
    `a: 1\nruncmd: [[docker, login, -p, ${MARK}], [x, --token, ${MARK}], [curl, -u, 'a:${MARK}']]`,
  ],
  ['a password that is piped', `a: 1\nruncmd: ["echo root:${MARK} | chpasswd"]`],
  ['names in capitals', `a: 1\nWRITE_FILES: [{ CONTENT: ${MARK} }]`],
])('a cloud-config with %s is shown, and tells nothing', (_, text) => {
  const shown = decodedWithoutSecrets(base64(`#cloud-config\n${text}\n`));
  expect(shown).not.toContain(MARK);
  expect(shown).not.toContain(base64(MARK));
  expect(shown).toContain('#cloud-config\na: 1\n');
});

test.each([
  ['broken', `#cloud-config\nwrite_files:\n - content: ${MARK}\n\tx: [\n`, 'not read as YAML, line 4'],
  [
    'a template',
    `## template: jinja\n#cloud-config\n{% if a %}\nx: {content: ${MARK}}`,
    'not read as YAML, line 3',
  ],
  ['two in one', `#cloud-config\na: 1\n---\nwrite_files:\n - content: ${MARK}\n`, 'not read as YAML, line 3'],
  ['a list', `#cloud-config\n- content: ${MARK}\n`, 'not read as YAML'],
])('a cloud-config that is %s has places that cannot be found: nothing is shown', (_, text, reason) => {
  expect(decodedWithoutSecrets(base64(text))).toBe(`(hidden): ${reason}`);
});

test.each([
  ['quotes within quotes', `PASSWORD="a\\"${MARK}"; echo done`],
  ['JSON in quotes', `curl -d "{\\"password\\": \\"${MARK}\\"}" x; echo done`],
  ['several words', `cat >x <<E\n  passphrase: correct ${MARK} staple\nE\necho done`],
  ['a block', `cat >x <<E\npassword: |\n  a\n\n  ${MARK}\nE\necho done`],
  ['short names', `DB_PASS=${MARK} MYSQL_PWD=${MARK}; echo done`],
  ["Docker's config.json", `echo '{"auths":{"r":{"auth":"${MARK}"}}}'\necho done`],
  [
    'a pipe',
    `echo ${MARK} | docker login --password-stdin -u me r\nprintf 'root:%s' ${MARK} | chpasswd; echo done`,
  ],
  ['a here-string', `chpasswd <<< 'root:${MARK}'; echo done`],
  ['a here-document', `chpasswd <<'END'\nroot:${MARK}\nEND\necho done`],
  [
    'options of programs',
    `mysql -u a -p${MARK} db\nsshpass -p ${MARK} ssh x\nhtpasswd -nbB me ${MARK}\necho done`,
  ],
  ['keys of services', `tailscale up --auth-key=${MARK} --authkey ${MARK}\nACCESS_KEY=${MARK}\necho done`],
  ['a signed address', `curl 'https://x/y?X-Amz-Signature=${MARK}&sig=${MARK}'\necho done`],
  ['XML', `<UserAccounts><Password>${MARK}</Password></UserAccounts> echo done`],
])('a script with %s: what looks like a secret is hidden', (_, text) => {
  const shown = decodedWithoutSecrets(base64(`#!/bin/sh\n${text}\n`));
  expect(shown).not.toContain(MARK);
  expect(shown).toContain('echo done');
});

test.each([
  `glpat-${'a1'.repeat(10)}`,
  `ghp_${'a1'.repeat(18)}`,
  `SWMTKN-1-${'a1'.repeat(20)}`,
  `eyJ${'a1'.repeat(9)}.${'b2'.repeat(9)}.${'c3'.repeat(9)}`,
])('%s is recognised wherever it is', (token) => {
  expect(maskedText(`join ${token} now`)).toBe('join (hidden) now');
});

test('a body that is no JSON: user data are hidden although nothing says what they are', () => {
  const text = `{"spec": {"user_data": "${base64(CLOUD_CONFIG)}", "password": "a\\"${MARK}", "name": "web-1"}`;
  for (const body of [`${text},`, text.slice(0, 100)]) {
    const shown = bodyWithoutSecrets(body);
    expect(shown).not.toContain(MARK);
    expect(shown).not.toMatch(/[A-Za-z0-9+/]{16}/);
    expect(shown).toContain('"user_data": "(hidden)"');
  }
});

// Each second the page asks anew, and meanwhile the simulator answers nothing else.
test.each([
  'a',
  '-',
  'password',
  'password: ',
  'password: |\n',
  'password="',
  '_pass',
  'login ',
  'curl -',
  'mysql ',
  'a://',
  'echo x | ',
  'chpasswd <<A\n',
  'chpasswd <',
  'htpasswd -b a ',
  '<password>',
  '-----BEGIN PRIVATE KEY-----',
  'eyJaaaaaaaaa.',
  '- password: >\n \n',
  ' ',
  '\n',
])('64 KiB of %j are looked through in no time', (part) => {
  const begun = process.cpuUsage();
  maskedText(part.repeat(Math.ceil(65_536 / part.length)));
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(2_000);
});

test.each([
  ['several parts', `Content-Type: multipart/mixed; boundary=x\nMIME-Version: 1.0\n\n${MARK}`],
  ['several parts in a list', `#cloud-config-archive\n- content: ${MARK}\n`],
  ['a very long one', MARK.repeat(20_000)],
  ['bytes', `\0${MARK}`],
])('user data of %s are not shown at all', (_, text) => {
  expect(decodedWithoutSecrets(base64(text))).not.toContain(MARK);
});

test('user data that are compressed are not shown', () => {
  const shown = decodedWithoutSecrets(gzipSync(CLOUD_CONFIG).toString('base64'));
  expect(shown).toBe('(hidden): compressed by gzip');
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
    sysprepScript: { $objectType: 'vmm.v4.ahv.config.Unattendxml', value: base64(MARK) },
    keyValuePairs: [
      { name: 'AdminPassword', value: MARK },
      { key: 'db_token', value: { text: MARK } },
    ],
    password: { value: MARK, list: [MARK] },
    auth: MARK,
    accessKey: MARK,
    args: ['login', '-p', MARK],
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
