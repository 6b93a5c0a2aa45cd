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
  const file = configFile({ MachineName, StorePath });
  return `The credentials are those that are stored with the machine (Driver.${key} in ${file}), not the environment's.`;
}

/**
 * Where the trust in a certificate is to be changed for a machine that exists, as a sentence: the flags that say it
 * are flags of `create` alone. undefined while it is being created.
 */
export function trustPlace(values: ConfigValues): string | undefined {
  if (values.CreationKey === '' && values.VMId === '') return undefined;
  return `For this machine that is Driver.Fingerprint or Driver.CAFile in ${configFile(values)}.`;
}

function configFile({ MachineName, StorePath }: Pick<ConfigValues, 'MachineName' | 'StorePath'>): string {
  return join(StorePath, 'machines', MachineName, 'config.json');
}
