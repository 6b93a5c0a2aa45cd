import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createFile, hasSystemCode } from '../support/index.js';
import { isReadAsItStands } from './key-text.js';
import { generatePrivateKey, keyError, readPrivateKey, type KeyType } from './private-key.js';

/** A key pair; where it lies in files, these are `path` and `path.pub`. */
export interface KeyPair {
  /** One line of an authorized_keys file, without line end. */
  readonly publicKey: string;
  /** Text of the private key file. */
  readonly privateKey: string;
  /** True when this call put it there. */
  readonly isNew: boolean;
}

/**
 * Makes the key pair at `path` (0600) and `path.pub` (0644). An existing private key is used and never
 * overwritten, so that a second run keeps what the first one put into a guest.
 *
 * ed25519 is the type to prefer. The SSH library of every client in use reads it (tried with golang.org/x/crypto
 * of September 2017, older than that of docker-machine 0.16.2), whereas that library signs with RSA keys by
 * SHA-1 only, which OpenSSH 8.8 and later refuse, so current guests do not let an old client in. RSA (PKCS#1
 * PEM) is for guests in FIPS mode, which refuse ed25519.
 */
export async function makeKeyPair(path: string, type: KeyType, comment: string): Promise<KeyPair> {
  if ((await atKey(path, async () => await readIfThere(path))) !== undefined)
    return await readKeyPair(path, comment);
  return await install(await generatePrivateKey(type), path, comment);
}

/**
 * Copies a private key of the user's own to `path`, as `makeKeyPair` would have put it there: in the form that
 * OpenSSH reads, whatever line ends and surroundings the original has.
 */
export async function copyKeyPair(source: string, path: string, comment: string): Promise<KeyPair> {
  const { text: wanted } = await readPrivateKey(await readRequired(source), source, comment);
  const existing = await atKey(path, async () => await readIfThere(path));
  if (existing === undefined) return await install(wanted, path, comment);
  if (existing === wanted) return await readKeyPair(path, comment);
  throw keyError(path, `another key than ${source} is there already`, 'Move it away, or remove the machine.');
}

/** Reads the key pair at `path`; the public half is worked out, and written to `path.pub` if that is missing. */
export async function readKeyPair(path: string, comment: string): Promise<KeyPair> {
  const privateKey = await readRequired(path);
  const { publicKey } = await readPrivateKey(privateKey, path, comment);
  refuseWhatOpenSshCannotRead(path, privateKey);
  await refuseReadableByOthers(path);
  if ((await readIfThere(`${path}.pub`)) === undefined) await writePublicKey(path, publicKey);
  return { privateKey, publicKey, isNew: false };
}

/** The key pair of a private key that lies in no file. `source`: what it is called in errors. */
export async function keyPairOf(text: string, source: string, comment: string): Promise<KeyPair> {
  const { text: privateKey, publicKey } = await readPrivateKey(text, source, comment);
  return { privateKey, publicKey, isNew: false };
}

/**
 * Finds out whether a private key can be used, and resolves with its public half. `inPlace`: it will not be
 * copied, so its mode and its line ends have to be right. Rejects with an OperationError of code `invalid-input`.
 */
export async function checkKeyPair(path: string, inPlace: boolean): Promise<string> {
  const text = await readRequired(path);
  const { publicKey } = await readPrivateKey(text, path, '');
  if (inPlace) {
    refuseWhatOpenSshCannotRead(path, text);
    await refuseReadableByOthers(path);
  }
  return publicKey;
}

/** Removes a key pair; nothing there is success. */
export async function removeKeyPair(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.pub`, { force: true })]);
}

/** As long as the longest public key made here, for finding out how long user-data will be. */
export const STAND_IN_KEY = `ssh-rsa ${'A'.repeat(544)}`;

/** All or nothing: a public half that cannot be written takes the private one with it. */
async function install(given: string, path: string, comment: string): Promise<KeyPair> {
  const { text: privateKey, publicKey } = await readPrivateKey(given, path, comment);
  await atKey(path, async () => await writeNewFile(path, privateKey, 0o600));
  try {
    // A public half without its private one is left over from something else.
    await atKey(`${path}.pub`, async () => await rm(`${path}.pub`, { force: true }));
    await writePublicKey(path, publicKey);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { privateKey, publicKey, isNew: true };
}

async function writePublicKey(path: string, publicKey: string): Promise<void> {
  await atKey(`${path}.pub`, async () => await writeNewFile(`${path}.pub`, `${publicKey}\n`, 0o644));
}

/** Names the file in what the file system has to say. */
async function atKey<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw keyError(path, error instanceof Error ? error.message : String(error), undefined, error);
  }
}

async function readRequired(path: string): Promise<string> {
  const text = await atKey(path, async () => await readIfThere(path));
  if (text !== undefined) return text;
  throw keyError(path, 'there is no such file', 'Name an existing private key, or let one be made.');
}

/** A copy is written as OpenSSH wants it; a file that is used where it lies is not changed. */
function refuseWhatOpenSshCannotRead(path: string, text: string): void {
  if (isReadAsItStands(text)) return;
  throw keyError(
    path,
    'OpenSSH does not read it as it stands: something is before BEGIN, or its lines do not end as on Unix',
    'Take away what is before BEGIN and the carriage returns, and end the last line.',
  );
}

/** OpenSSH ignores a private key that others may read, and then only says that the login failed. */
async function refuseReadableByOthers(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await atKey(path, async () => await stat(path));
  if ((mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8);
  throw keyError(
    path,
    `its mode is 0${octal}, and OpenSSH ignores keys that others may read`,
    `Run \`chmod 600 ${path}\`.`,
  );
}

/** Writes a file of the pair; a missing folder is made, readable by its owner only. */
async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await createFile(path, text, mode);
}

/** The text of a file, or undefined when there is no such file. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
