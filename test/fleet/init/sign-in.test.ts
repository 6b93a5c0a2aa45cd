import {
  signIn,
  withOtherSecret,
  type SecretDialogue,
  type SignInFlags,
} from '../../../src/fleet/init/sign-in.js';
import { OperationError, type ErrorCode } from '../../../src/support/index.js';

const FLAGS: SignInFlags = {
  flags: new Map<string, string | boolean>([
    ['nutanix-endpoint', 'prism.example'],
    ['nutanix-username', 'admin'],
  ]),
};
const NOTHING: SignInFlags = { flags: new Map() };
const silent = (): void => undefined;

test('all that is missing is said at once', async () => {
  expect(await signIn(NOTHING, {}, undefined, silent)).toEqual([
    '--endpoint (or NUTANIX_ENDPOINT) is needed',
    '--username (or NUTANIX_USERNAME) is needed',
    'the environment variable NUTANIX_PASSWORD is needed, with the password',
  ]);
});

test.each<[string, SignInFlags, Record<string, string>, object, readonly unknown[]]>([
  [
    'a password',
    FLAGS,
    { NUTANIX_PASSWORD: 's3cret', NUTANIX_API_KEY: 'other' },
    { credentials: { kind: 'password', username: 'admin', password: 's3cret' } },
    [
      ['username', 'admin'],
      ['password-env', 'NUTANIX_PASSWORD'],
    ],
  ],
  [
    'a password in a variable of its own',
    { ...FLAGS, passwordEnv: 'PW' },
    { PW: 's3cret', NUTANIX_PASSWORD: 'wrong' },
    { credentials: { kind: 'password', username: 'admin', password: 's3cret' } },
    [
      ['username', 'admin'],
      ['password-env', 'PW'],
    ],
  ],
  [
    'an API key',
    FLAGS,
    { NUTANIX_API_KEY: 's3cret' },
    { credentials: { kind: 'api-key', key: 's3cret' } },
    [['api-key-env', 'NUTANIX_API_KEY']],
  ],
  [
    'trust and port of the environment',
    FLAGS,
    { NUTANIX_PASSWORD: 's3cret', NUTANIX_INSECURE: 'true', NUTANIX_PORT: '9441' },
    { trust: { kind: 'insecure' }, port: 9441 },
    [
      ['port', '9441'],
      ['username', 'admin'],
      ['insecure', true],
      ['password-env', 'NUTANIX_PASSWORD'],
    ],
  ],
])('%s', async (_, flags, environment, connection, entries) => {
  const result = await signIn(flags, environment, undefined, silent);
  expect(result).toMatchObject({ connection, entries: [['endpoint', 'prism.example'], ...entries] });
  expect(JSON.stringify('connection' in result ? result.entries : result)).not.toContain('s3cret');
});

test.each([
  ['http://u:geheim@proxy.example:3128', undefined, 'NUTANIX_PROXY'],
  ['http://proxy.example:3128', 'http://proxy.example:3128', undefined],
])('a proxy is an entry unless it has a password: %s', async (proxyUrl, entry, proxyVariable) => {
  const flags = new Map([...FLAGS.flags, ['nutanix-proxy', proxyUrl]]);
  const result = await signIn({ flags }, { NUTANIX_PASSWORD: 's3cret' }, undefined, silent);
  if (!('connection' in result)) throw new Error(result.join());
  expect(result).toMatchObject({ connection: { proxyUrl }, proxyVariable });
  expect(new Map(result.entries).get('proxy')).toBe(entry);
});

test('a user is asked for what is missing, until it can be', async () => {
  const answers = ['', 'https://', 'prism.example:9999', 'admin'];
  const questions: string[] = [];
  const dialogue: SecretDialogue = {
    say: (line) => void questions.push(line),
    ask: (question) => {
      questions.push(question);
      return Promise.resolve(answers.shift() ?? '');
    },
    askSecret: () => Promise.resolve('typed'),
  };
  expect(await signIn(NOTHING, {}, dialogue, silent)).toMatchObject({
    connection: { host: 'prism.example', port: 9999, credentials: { username: 'admin', password: 'typed' } },
    secret: { variable: 'NUTANIX_PASSWORD', isTyped: true },
  });
  expect(questions.filter((line) => line.startsWith('It must be'))).toHaveLength(1);
});

test.each<[string, SignInFlags, Record<string, string>, ErrorCode, object | undefined]>([
  ['a password that was typed', FLAGS, {}, 'unauthenticated', { password: 'second' }],
  ['an API key that was typed', { ...FLAGS, apiKeyEnv: 'KEY' }, {}, 'unauthenticated', { key: 'second' }],
  ['a password of the environment', FLAGS, { NUTANIX_PASSWORD: 'first' }, 'unauthenticated', undefined],
  ['another failure', FLAGS, {}, 'permission-denied', undefined],
])(
  'after a refusal another is asked for only where it can help: %s',
  async (_, flags, environment, code, other) => {
    const typed = ['first', '', 'second'];
    const said: string[] = [];
    const dialogue: SecretDialogue = {
      say: (line) => void said.push(line),
      ask: () => Promise.reject(new Error('not this')),
      askSecret: () => Promise.resolve(typed.shift() ?? 'too often'),
    };
    const first = await signIn(flags, environment, dialogue, silent);
    if (!('connection' in first)) throw new Error(first.join());
    const failure = new OperationError({ code, attempted: 'sign in', problem: 'refused\u202e' });
    const next = await withOtherSecret(first, failure, dialogue);
    expect(next?.connection.credentials).toEqual(other && { ...first.connection.credentials, ...other });
    expect(next?.secret?.value).toBe(other && 'second');
    expect(said).toEqual(other === undefined ? [] : ['refused ']);
  },
);
