import { keyPairOf, readKeyPair, type KeyPair } from '../guest/index.js';
import type { SshAccess } from './host-spec.js';

/** The key pair of a host that needs none made: given as text, or in its files. `host` becomes the key's comment. */
export async function presentKeys(
  { keyPath, privateKey }: Pick<SshAccess, 'keyPath' | 'privateKey'>,
  host: string,
): Promise<KeyPair> {
  return privateKey === undefined
    ? await readKeyPair(keyPath, host)
    : await keyPairOf(privateKey, keyPath, host);
}
