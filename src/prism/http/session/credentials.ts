import type { Credentials } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';

/** The header that proves who we are. A key goes without Authorization (reference 1.3). */
export function proofOf(credentials: Credentials): Readonly<Record<string, string>> {
  if (credentials.kind === 'api-key') return { [API_KEY_HEADER]: keyIn(credentials.key) };
  const pair = `${credentials.username}:${credentials.password}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

/** A key from a file ends with a line end; one with a line end inside is none, and must not split the header. */
function keyIn(text: string): string {
  const key = text.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'sign in to Prism Central',
    problem: 'the API key is empty or holds characters that no key has',
    advice: 'Copy the key again.',
  });
}

/** Who we are, for error texts. */
export function accountInWords(credentials: Credentials): string {
  return credentials.kind === 'password' ? `user "${credentials.username}"` : 'the API key';
}

/** The official clients' convention: with this user name, the password is a service account's key. */
export function recogniseKey(credentials: Credentials): Credentials {
  if (credentials.kind === 'api-key' || credentials.username.toLowerCase() !== API_KEY_HEADER)
    return credentials;
  return { kind: 'api-key', key: credentials.password };
}

const API_KEY_HEADER = 'x-ntnx-api-key';
