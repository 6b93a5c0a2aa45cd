import { generateKeyPair } from 'node:crypto';
import { chmod, readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { OperationError } from '../support/index.js';
import { isErrno, writeNewFile } from './new-file.js';

/** `ed25519` or RSA of 3072 bits. */
export type KeyType = 'ed25519' | 'rsa';

/** A key pair that lies in files: `path` and `path.pub`. */
export interface KeyPair {
  /** One line of an authorized_keys file, without line end. */
  readonly publicKey: string;
  /** Text of the private key file. */
  readonly privateKey: string;
}

/**
 * Makes the key pair at `path` (0600) and `path.pub` (0644); an existing private key is used and never
 * overwritten, so that a second run keeps what the first one put into a guest.
 *
 * ed25519 is the type to prefer: every docker-machine since 0.13 and every rancher-machine reads it, while the
 * RSA signatures (SHA-1) of the SSH library in docker-machine 0.16.2 are refused by OpenSSH 8.8 and later, that
 * is by current guests. RSA (PKCS#1 PEM, 3072 bits) is for guests in FIPS mode, which refuse ed25519.
 */
export async function makeKeyPair(path: string, type: KeyType, comment: string): Promise<KeyPair> {
  const existing = await readIfThere(path);
  const privateKey = existing ?? (await generatePrivateKey(type));
  const publicKey = await publicKeyOf(privateKey, path, comment);
  if (existing === undefined) await writeNewFile(path, privateKey, 0o600);
  await writePublicKey(path, publicKey);
  return { privateKey, publicKey };
}

/** Reads an existing key pair; the public half is derived from the private one. */
export async function readKeyPair(path: string): Promise<KeyPair> {
  const privateKey = await readIfThere(path);
  if (privateKey === undefined) {
    throw keyError(path, 'there is no such file', 'Name an existing private key, or let one be made.');
  }
  return { privateKey, publicKey: await publicKeyOf(privateKey, path, '') };
}

/** Removes a key pair; nothing there is success. */
export async function removeKeyPair(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.pub`, { force: true })]);
}

async function generatePrivateKey(type: KeyType): Promise<string> {
  if (type === 'ed25519') {
    const { utils } = (await import('ssh2')).default;
    return utils.generateKeyPairSync('ed25519').private;
  }
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 3072,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return pair.privateKey;
}

async function publicKeyOf(privateKey: string, path: string, comment: string): Promise<string> {
  const { utils } = (await import('ssh2')).default;
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) {
    throw /passphrase/i.test(key.message)
      ? keyError(
          path,
          'it is protected by a passphrase',
          'docker-machine cannot ask for one: remove it from a copy with `ssh-keygen -p`.',
        )
      : keyError(path, key.message, 'It has to be a private key as `ssh-keygen` writes it.');
  }
  return `${key.type} ${key.getPublicSSH().toString('base64')} ${comment}`.trim();
}

async function writePublicKey(path: string, publicKey: string): Promise<void> {
  const existing = await readIfThere(`${path}.pub`);
  if (existing === undefined) await writeNewFile(`${path}.pub`, `${publicKey}\n`, 0o644);
  await chmod(path, 0o600);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw keyError(path, error instanceof Error ? error.message : String(error), undefined, error);
  }
}

function keyError(path: string, problem: string, advice?: string, cause?: unknown): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: `use the SSH key ${path}`,
    problem,
    advice,
    cause,
  });
}
