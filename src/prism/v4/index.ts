import type { Notes, Volumes } from '../../provider/index.js';
import type { ApiParts, ApiVersion } from '../shared/index.js';
import { createV4Provider } from './provider.js';

/** The APIs of Prism Central by namespace, `/api/{namespace}/v4.N`. */
export const v4: ApiVersion = { createProvider: createV4Provider };

/** Loads the code for volumes, which a program that makes VMs only does without. */
export async function loadV4Volumes(): Promise<(parts: ApiParts) => Volumes & Notes> {
  return (await import('./volume/index.js')).createV4Volumes;
}
