import { join } from 'node:path';
import type { ConfigValues } from '../config/index.js';

/**
 * Where the credentials that `findCredentials` has found for a machine are to be changed, as a sentence; undefined
 * while it is being created, because its flags are still before the user's eyes then.
 */
export function credentialsPlace(values: ConfigValues): string | undefined {
  const { APIKey, CreationKey, CredentialsFile, MachineName, Password, StorePath, VMId } = values;
  if (CreationKey === '' && VMId === '') return undefined;
  if (CredentialsFile !== '') return `The credentials are those of ${CredentialsFile}.`;
  if (APIKey === '' && Password === '') return 'The credentials are those of the environment (NUTANIX_…).';
  const key = APIKey === '' ? 'Password' : 'APIKey';
  const file = join(StorePath, 'machines', MachineName, 'config.json');
  return `The credentials are those that are stored with the machine (Driver.${key} in ${file}), not the environment's.`;
}
