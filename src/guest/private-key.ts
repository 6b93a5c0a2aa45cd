import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { ParsedKey } from 'ssh2';
import { OperationError } from '../support/index.js';
import { findKeyBlock, publicHalfInFront, type KeyBlock } from './key-text.js';

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
    // ssh2 1.17 drops zero bytes at the beginning of the public half: one key in 256 cannot be read by any client.
    if (!(utils.parseKey(privateKey) instanceof Error)) return privateKey;
  }
}

/** A private key that every client reads, and what belongs to it. */
export interface PrivateKey {
  /** What a file with it holds. It may differ from the text that was read in line ends and what is around it. */
  readonly text: string;
  /** One line of authorized_keys. */
  readonly publicKey: string;
}

/**
 * Reads a private key. OperationError `invalid-input` for one that docker-machine or OpenSSH could not use: with
 * a passphrase, in another format, broken, with a public half of another key, or not a private key at all.
 */
export async function readPrivateKey(text: string, path: string, comment: string): Promise<PrivateKey> {
  const block = findKeyBlock(text);
  if (block === undefined) throw keyError(path, formatProblem(text), CONVERT);
  const { utils } = (await import('ssh2')).default;
  const key = utils.parseKey(block.text);
  if (key instanceof Error) {
    if (/passphrase|encrypted/i.test(key.message))
      throw keyError(path, 'it has a passphrase, and none can be asked for', DECRYPT);
    throw keyError(path, key.message, CONVERT, key);
  }
  if (!belongTogether(key, block))
    throw keyError(path, 'its public half is not that of its private half', CONVERT);
  const publicKey = `${key.type} ${key.getPublicSSH().toString('base64')} ${comment}`.trim();
  return { text: block.text, publicKey };
}

/** Two keys that were pasted into one: the library reads them, and no server would let them in. */
function belongTogether(key: ParsedKey, { format, bytes }: KeyBlock): boolean {
  const sample = 'a text to be signed';
  const signature = key.sign(sample);
  if (signature instanceof Error || !key.verify(sample, signature)) return false;
  return format !== 'OPENSSH' || publicHalfInFront(bytes)?.equals(key.getPublicSSH()) === true;
}

const READABLE = /-----BEGIN (?:OPENSSH|RSA|EC) PRIVATE KEY-----/;
const CONVERT =
  'A private key as `ssh-keygen` writes it is needed; `ssh-keygen -p -f FILE` rewrites most others.';
const DECRYPT =
  'Make a key for machines only, or remove the passphrase from a copy with `ssh-keygen -p -f COPY`.';

function formatProblem(text: string): string {
  if (text.includes('\u0000')) return 'it is encoded as UTF-16, as PowerShell writes files, and not as UTF-8';
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\\n/.test(text)) return 'its line ends are written out as \\n';
  if (/^\s*(?:ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN (?:RSA )?PUBLIC)/.test(text))
    return 'it is a public key';
  if (text.startsWith('PuTTY-User-Key-File')) return "it is in PuTTY's format";
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text))
    return 'it is in PKCS#8 format, which older clients do not read';
  if (READABLE.test(text)) return 'a part of it is missing, or is no base64';
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
