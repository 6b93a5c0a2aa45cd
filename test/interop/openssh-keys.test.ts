import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyKeyPair, makeKeyPair, type KeyType } from '../../src/guest/index.js';

/**
 * The machine's own OpenSSH decides: docker-machine runs `ssh -i KEY`, so a key counts only when ssh-keygen
 * reads the file that lies in the machine's folder, and finds the public half in it that the guest got.
 */
const folder = mkdtempSync(join(tmpdir(), 'openssh-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `key-${(files += 1)}`);

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const done = spawnSync('ssh-keygen', args, { encoding: 'utf8', input: '' });
  if (done.error !== undefined) throw done.error;
  return done;
}

/** What OpenSSH takes for the public half of a private key file; undefined when it does not read the file. */
function publicHalf(path: string): string | undefined {
  const { status, stdout } = run('-y', '-P', '', '-f', path);
  return status === 0 ? stdout.trim().split(' ').slice(0, 2).join(' ') : undefined;
}

/** A key of ssh-keygen's making; `format`: what `-m` is for rewriting it. */
function opensshKey(type: string, format?: 'PEM' | 'PKCS8', passphrase = ''): string {
  const path = newPath();
  run('-q', '-N', passphrase, '-t', type, '-f', path);
  if (format !== undefined) run('-q', '-p', '-m', format, '-P', passphrase, '-N', passphrase, '-f', path);
  return readFileSync(path, 'utf8');
}

const KEYS = {
  'ed25519, OpenSSH': opensshKey('ed25519'),
  'RSA, OpenSSH': opensshKey('rsa'),
  'RSA, PEM': opensshKey('rsa', 'PEM'),
  'ECDSA, OpenSSH': opensshKey('ecdsa'),
  'ECDSA, PEM': opensshKey('ecdsa', 'PEM'),
};
const BODY = /(?<=KEY-----\n)[^-]+/;

/** What mails, editors, forms and other systems do to a key file. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
  'old Mac line ends': (text) => text.replaceAll('\n', '\r'),
  'no line end at the end': (text) => text.trimEnd(),
  'blank lines before BEGIN': (text) => `\n \n${text}`,
  'a comment before BEGIN': (text) => `Host key of the build farm\n${text}`,
  'a byte order mark': (text) => `\uFEFF${text}`,
  'blanks at the ends of lines': (text) => text.replaceAll('\n', '  \n'),
  'indented, as from YAML': (text) => text.replace(/^(?=.)/gm, '    '),
  'blank lines between the lines': (text) => text.replaceAll('\n', '\n\n'),
  'one long line': (text) => text.replace(BODY, (body) => `${body.replaceAll('\n', '')}\n`),
  'something behind END': (text) => `${text}ssh-ed25519 AAAA me@home\n`,
  'another key behind it': (text) => `${text}${KEYS['ed25519, OpenSSH']}`,
  'everything at once': (text) => `\uFEFF\r\nmine:\r\n${text.trimEnd().replaceAll('\n', ' \r\n')}`,
};

const readable = Object.entries(KEYS).flatMap(([kind, text]) =>
  Object.entries(FORMS).map(([form, change]) => ({ kind, form, text, given: change(text) })),
);

test.each(readable)('$kind, $form: the copy is read by OpenSSH', async ({ text, given }) => {
  const [original, source, copy] = [newPath(), newPath(), newPath()];
  writeFileSync(original, text, { mode: 0o600 });
  writeFileSync(source, given, { mode: 0o600 });
  const { publicKey } = await copyKeyPair(source, copy, '');
  expect(publicHalf(copy)).toBe(publicHalf(original));
  expect(publicKey).toBe(publicHalf(original));
});

/** An OpenSSH key with one byte changed at the nth place where its type stands: 0 = public half in front. */
function damaged(text: string, place: 0 | 1): string {
  const bytes = Buffer.from(BODY.exec(text)?.[0] ?? '', 'base64');
  const first = bytes.indexOf('ssh-ed25519');
  const at = (place === 0 ? first : bytes.indexOf('ssh-ed25519', first + 1)) + 20;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return text.replace(BODY, `${bytes.toString('base64').replace(/.{70}/g, '$&\n')}\n`);
}

test.each<[string, string, RegExp]>([
  ['another public half in front', damaged(KEYS['ed25519, OpenSSH'], 0), /public half is not that of/],
  ['another public half beside the private one', damaged(KEYS['ed25519, OpenSSH'], 1), /public half is not/],
  ['a passphrase', opensshKey('ed25519', undefined, 'secret words'), /has a passphrase/],
  ['a passphrase, PEM', opensshKey('rsa', 'PEM', 'secret words'), /has a passphrase/],
  ['the last lines missing', KEYS['RSA, OpenSSH'].slice(0, 700), /a part of it is missing/],
  ['a letter lost', KEYS['RSA, OpenSSH'].replace(/(?<=\n.{30})./, ''), /use the SSH key/],
  ['line ends written out', KEYS['RSA, PEM'].replaceAll('\n', '\\n'), /line ends are written out/],
  ['UTF-16', Buffer.from(KEYS['RSA, PEM'], 'utf16le').toString('latin1'), /UTF-16/],
])('%s: refused, as OpenSSH would', async (_what, text, problem) => {
  const [source, copy] = [newPath(), newPath()];
  writeFileSync(source, text, { mode: 0o600 });
  expect(publicHalf(source)).toBeUndefined();
  await expect(copyKeyPair(source, copy, '')).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(problem) as unknown,
  });
});

test('PKCS#8, which OpenSSH reads and older clients do not: refused', async () => {
  const source = newPath();
  writeFileSync(source, opensshKey('rsa', 'PKCS8'), { mode: 0o600 });
  expect(publicHalf(source)).toBeDefined();
  await expect(copyKeyPair(source, newPath(), '')).rejects.toThrow('PKCS#8');
});

test.each<KeyType>(['ed25519', 'rsa'])('a new key, %s: read by OpenSSH', async (type) => {
  const path = newPath();
  const { publicKey } = await makeKeyPair(path, type, '');
  expect(publicHalf(path)).toBe(publicKey);
});
