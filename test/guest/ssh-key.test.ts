import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { checkKeyPair, copyKeyPair, makeKeyPair, readKeyPair, removeKeyPair } from '../../src/guest/index.js';
import { newKeyPair } from './ssh-server.js';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssh-key-'));
  path = join(folder, 'machines', 'web-1', 'id_rsa');
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);
const publicKeyOf = (privateKey: string): string => {
  const key = ssh2.utils.parseKey(privateKey);
  return key instanceof Error ? key.message : `${key.type} ${key.getPublicSSH().toString('base64')}`;
};

describe('making a key', () => {
  it.each([
    ['ed25519', '-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh-ed25519'],
    ['rsa', '-----BEGIN RSA PRIVATE KEY-----', 'ssh-rsa'],
  ] as const)('%s: in the form that the clients read', async (type, firstLine, name) => {
    const made = await makeKeyPair(path, type, 'web-1');
    const privateKey = await readFile(path, 'utf8');
    expect(privateKey.split('\n')[0]).toBe(firstLine);
    expect(made).toEqual({ privateKey, publicKey: `${publicKeyOf(privateKey)} web-1`, isNew: true });
    expect(made.publicKey).toMatch(new RegExp(`^${name} `));
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${made.publicKey}\n`);
    expect([await mode(path), await mode(`${path}.pub`)]).toEqual(['600', '644']);
    expect((await readdir(join(path, '..'))).sort()).toEqual(['id_rsa', 'id_rsa.pub']);
  });

  it('is not fooled by a umask', async () => {
    const before = process.umask(0o277);
    try {
      await mkdir(join(path, '..'), { recursive: true });
      await chmod(join(folder, 'machines'), 0o700);
      await chmod(join(path, '..'), 0o700);
      await makeKeyPair(path, 'ed25519', 'x');
    } finally {
      process.umask(before);
    }
    expect([await mode(path), await mode(`${path}.pub`)]).toEqual(['600', '644']);
  });

  it('makes another key when the library has made one that nobody can read', async () => {
    const good = (await newKeyPair()).private;
    // ssh2 1.17: the 32 bytes of a public half lose their leading zeros.
    const bad = good.slice(0, 150) + good.slice(158);
    const generate = jest
      .spyOn(ssh2.utils, 'generateKeyPairSync')
      .mockReturnValueOnce({ private: bad, public: '' })
      .mockReturnValueOnce({ private: good, public: '' });
    expect(await makeKeyPair(path, 'ed25519', 'x')).toMatchObject({ privateKey: good });
    expect(generate).toHaveBeenCalledTimes(2);
    generate.mockRestore();
  });

  it('makes 3072 bits of RSA', async () => {
    const { publicKey } = await makeKeyPair(path, 'rsa', 'x');
    // type (4 + 7), exponent (4 + 3), modulus (4 + 1 + 384)
    expect(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')).toHaveLength(11 + 7 + 389);
  });

  it('uses the key that is there, a second time', async () => {
    const first = await makeKeyPair(path, 'ed25519', 'x');
    const second = await makeKeyPair(path, 'rsa', 'x');
    expect(second).toEqual({ ...first, isNew: false });
  });

  it('writes the public half again when it is missing', async () => {
    const { publicKey } = await makeKeyPair(path, 'ed25519', 'x');
    await rm(`${path}.pub`);
    await makeKeyPair(path, 'ed25519', 'x');
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${publicKey}\n`);
  });

  it('replaces a public half that has lost its private one', async () => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(`${path}.pub`, 'ssh-rsa left over\n');
    const { publicKey } = await makeKeyPair(path, 'ed25519', 'x');
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${publicKey}\n`);
  });

  it('leaves nothing when it cannot finish', async () => {
    await mkdir(join(`${path}.pub`, 'in the way'), { recursive: true });
    await expect(makeKeyPair(path, 'ed25519', 'x')).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await readdir(join(path, '..'))).toEqual(['id_rsa.pub']);
  });

  it('lets one of two makers win, and the other one use its key', async () => {
    const results = await Promise.allSettled([
      makeKeyPair(path, 'ed25519', 'x'),
      makeKeyPair(path, 'ed25519', 'x'),
    ]);
    const made = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.privateKey] : [],
    );
    expect(new Set(made)).toEqual(new Set([await readFile(path, 'utf8')]));
  });
});

describe('removing a key', () => {
  it('takes both halves', async () => {
    await makeKeyPair(path, 'ed25519', 'x');
    await removeKeyPair(path);
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('succeeds when there is none', async () => {
    await expect(removeKeyPair(path)).resolves.toBeUndefined();
  });
});

describe('copying a key', () => {
  const source = (): string => join(folder, 'mine');
  let ours = { private: '', public: '' };
  beforeAll(async () => (ours = await newKeyPair()));

  it('gives it the modes that SSH wants', async () => {
    await writeFile(source(), ours.private, { mode: 0o644 });
    const copy = await copyKeyPair(source(), path, 'web-1');
    expect(copy).toEqual({
      privateKey: ours.private,
      publicKey: `${publicKeyOf(ours.private)} web-1`,
      isNew: true,
    });
    expect([await mode(path), await mode(`${path}.pub`)]).toEqual(['600', '644']);
  });

  it('is done once', async () => {
    await writeFile(source(), ours.private);
    await copyKeyPair(source(), path, 'x');
    expect(await copyKeyPair(source(), path, 'x')).toMatchObject({ privateKey: ours.private, isNew: false });
  });

  it('does not overwrite another key', async () => {
    await writeFile(source(), ours.private);
    const { privateKey } = await makeKeyPair(path, 'ed25519', 'x');
    await expect(copyKeyPair(source(), path, 'x')).rejects.toThrow('is there already');
    expect(await readFile(path, 'utf8')).toBe(privateKey);
  });
});

describe('checking a key', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const rsa = (type: 'pkcs1' | 'pkcs8', lock: object = {}): string =>
    pair.privateKey.export({ type, format: 'pem', ...lock }).toString();
  const ecdsa = (lock: object = {}): string =>
    ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, ...lock }).private;
  const lock = { passphrase: 'secret words', cipher: 'aes256-ctr', rounds: 4 };
  let ed25519 = { private: '', public: '' };
  beforeAll(async () => (ed25519 = await newKeyPair()));

  it.each([
    ['OpenSSH', () => ed25519.private, 'ssh-ed25519'],
    ['PKCS#1', () => rsa('pkcs1'), 'ssh-rsa'],
    ['ECDSA', () => ecdsa(), 'ecdsa-sha2-nistp256'],
  ])('takes %s', async (_case, text, type) => {
    await writeFile(join(folder, 'key'), text(), { mode: 0o600 });
    expect((await checkKeyPair(join(folder, 'key'), true)).split(' ')[0]).toBe(type);
  });

  it.each([
    ['a passphrase (OpenSSH)', () => ecdsa(lock), 'has a passphrase'],
    [
      'a passphrase (PEM)',
      () => rsa('pkcs1', { cipher: 'aes-256-cbc', passphrase: 'secret words' }),
      'has a passphrase',
    ],
    ['PKCS#8', () => rsa('pkcs8'), 'PKCS#8'],
    ['a public key', () => ed25519.public, 'is a public key'],
    ['PuTTY', () => 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'PuTTY'],
    ['DSA', () => '-----BEGIN DSA PRIVATE KEY-----\nx\n', 'DSA'],
    ['an empty file', () => '', 'is not a private key'],
    ['half a key', () => ed25519.private.slice(0, 100), 'use the SSH key'],
    ['text', () => 'hello', 'is not a private key'],
  ])('refuses %s', async (_case, text, problem) => {
    await writeFile(join(folder, 'key'), text(), { mode: 0o600 });
    const check = checkKeyPair(join(folder, 'key'), true);
    await expect(check).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(problem) as unknown,
    });
    await expect(check).rejects.not.toThrow('secret words');
  });

  it('refuses one that is not there', async () => {
    await expect(checkKeyPair(join(folder, 'none'), true)).rejects.toThrow('there is no such file');
  });

  it.each<[string, (key: string) => string]>([
    ['carriage returns', (key) => key.replaceAll('\n', '\r\n')],
    ['no line end at the end', (key) => key.trimEnd()],
    ['a blank line before BEGIN', (key) => `\n${key}`],
  ])('refuses %s, which OpenSSH does not read, unless it is copied', async (_case, change) => {
    const key = join(folder, 'key');
    await writeFile(key, change(ed25519.private), { mode: 0o600 });
    await expect(checkKeyPair(key, true)).rejects.toThrow('OpenSSH does not read it as it stands');
    await expect(readKeyPair(key, '')).rejects.toThrow('OpenSSH does not read it as it stands');
    await expect(checkKeyPair(key, false)).resolves.toMatch(/^ssh-ed25519 /);
    expect(await copyKeyPair(key, path, '')).toMatchObject({ privateKey: ed25519.private });
    expect(await copyKeyPair(key, path, '')).toMatchObject({ isNew: false });
  });

  it('refuses one that others may read, unless it is copied', async () => {
    const key = join(folder, 'key');
    await writeFile(key, ed25519.private);
    await chmod(key, 0o640);
    await expect(checkKeyPair(key, true)).rejects.toThrow('its mode is 0640');
    await expect(readKeyPair(key, '')).rejects.toThrow('chmod 600');
    await expect(checkKeyPair(key, false)).resolves.toMatch(/^ssh-ed25519 /);
  });
});
