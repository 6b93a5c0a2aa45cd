import { makeKeyPair } from '../../guest/index.js';
import type { GroupSettings } from '../plugin-config/index.js';

/**
 * The private key of a group: the runner's own, which stays in memory, or one that is made once and kept in the state
 * folder (0600), so that the next process reaches the instances that it finds.
 */
export async function groupKey({ name, keyPath, staticKey }: GroupSettings): Promise<string> {
  if (staticKey !== undefined) return staticKey.privateKey;
  return (await makeKeyPair(keyPath, 'ed25519', name)).privateKey;
}
