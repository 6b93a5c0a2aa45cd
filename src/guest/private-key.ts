import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { OperationError } from '../support/index.js';

/** `ed25519`, or RSA of 3072 bits. */
export type KeyType = 'ed25519' | 'rsa';

/** The text of a new private key file: OpenSSH's own format for ed25519, PKCS#1 PEM for RSA. */
export async function generatePrivateKey(type: KeyType): Promise<string> {
  if (type === 'rsa') {
    const { privateKey } = await promisify(generateKeyPair)('rsa', {
      modulusLength: 3072,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    return privateKey;
  }
  const { utils } = (await import('ssh2')).default;
  for (;;) {
    const { private: privateKey } = utils.generateKeyPairSync('ed25519');
    // ssh2 1.17 drops zero bytes at the beginning of the public half: one key in 256 cannot be read by anybody.
    if (!(utils.parseKey(privateKey) instanceof Error)) return privateKey;
  }
}

/** How the clients' SSH libraries want a private key to begin (golang.org/x/crypto/ssh and OpenSSH). */
const READABLE = /^\s*-----BEGIN (?:OPENSSH|RSA|EC) PRIVATE KEY-----/;

/**
 * The public half of a private key, as one line of authorized_keys. OperationError `invalid-input` for a key
 * that docker-machine could not use: with a passphrase, in another format, or not a private key at all.
 */
export async function readPublicHalf(text: string, path: string, comment: string): Promise<string> {
  if (!READABLE.test(text)) throw keyError(path, formatProblem(text), CONVERT);
  const { utils } = (await import('ssh2')).default;
  const key = utils.parseKey(text);
  if (!(key instanceof Error))
    return `${key.type} ${key.getPublicSSH().toString('base64')} ${comment}`.trim();
  if (/passphrase|encrypted/i.test(key.message))
    throw keyError(path, 'it has a passphrase, and docker-machine cannot ask for one', DECRYPT);
  throw keyError(path, key.message, CONVERT, key);
}

const CONVERT =
  'A private key as `ssh-keygen` writes it is needed; `ssh-keygen -p -f FILE` rewrites most others.';
const DECRYPT =
  'Make a key for machines only, or remove the passphrase from a copy with `ssh-keygen -p -f COPY`.';

function formatProblem(text: string): string {
  if (/^\s*(?:ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN (?:RSA )?PUBLIC)/.test(text))
    return 'it is a public key';
  if (text.startsWith('PuTTY-User-Key-File')) return "it is in PuTTY's format";
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text))
    return 'it is in PKCS#8 format, which older clients do not read';
  if (text.includes('-----BEGIN DSA ')) return 'it is a DSA key, which servers refuse';
  return 'it is not a private key';
}

/** A key file that cannot serve, and what to do about it. */
export function keyError(path: string, problem: string, advice?: string, cause?: unknown): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: `use the SSH key ${path}`,
    problem,
    advice,
    cause,
  });
}
