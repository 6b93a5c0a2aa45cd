import { OperationError } from '../../support/index.js';
import type { Credentials } from '../../provider/index.js';
import type { ConfigValues } from '../config/index.js';
import { nameOf, OPTIONS, parseEndpoint, withoutUserInfo, type Environment } from '../options/index.js';
import { readCredentialsFile, type FoundCredentials, type Warn } from './credentials-file.js';

/** A user name that says: the password is the API key of a service account (convention of the official driver). */
const API_KEY_USER = 'x-ntnx-api-key';

/**
 * Who signs in to Prism Central. A credentials file or helper comes first, because naming one is a wish to
 * have credentials there and not in config.json; then what is stored with the machine; then the environment
 * (a file named there before the values there), so that machines whose credentials are not stored find them
 * again. Rejects with `unauthenticated` when
 * nothing gives any.
 */
export async function findCredentials(
  values: ConfigValues,
  environment: Environment,
  warn: Warn,
): Promise<Credentials> {
  const { CredentialsFile, Username, Password, APIKey } = values;
  if (CredentialsFile !== '') {
    return complete(await readCredentialsFile(CredentialsFile, environment, warn), Username, CredentialsFile);
  }
  if (APIKey !== '' || Password !== '') {
    return complete({ password: Password, apiKey: APIKey }, Username, 'the configuration');
  }
  const fromEnvironment = await environmentCredentials(values, environment, warn);
  if (fromEnvironment !== undefined) return complete(fromEnvironment, Username, 'the environment');
  const names = `${nameOf(OPTIONS.Password)}, ${nameOf(OPTIONS.APIKey)} and ${nameOf(OPTIONS.CredentialsFile)}`;
  throw notFound(
    values,
    `neither a password nor an API key is in the configuration or in the environment: see ${names}`,
  );
}

/**
 * The environment's credentials, unless it names another Prism Central: a password must not be sent to a
 * server that it is not for.
 */
async function environmentCredentials(
  values: ConfigValues,
  environment: Environment,
  warn: Warn,
): Promise<FoundCredentials | undefined> {
  const file = environment[OPTIONS.CredentialsFile.env] ?? '';
  const username = environment[OPTIONS.Username.env] ?? '';
  const password = environment[OPTIONS.Password.env] ?? '';
  const apiKey = environment[OPTIONS.APIKey.env] ?? '';
  if (file === '' && password === '' && apiKey === '') return undefined;
  const other = environment[OPTIONS.Endpoint.env] ?? '';
  if (other !== '' && hostOf(other) !== hostOf(values.Endpoint)) {
    throw notFound(
      values,
      `the credentials in the environment are for ${hostOf(other)} ($${OPTIONS.Endpoint.env}), so they were not sent`,
    );
  }
  return file === '' ? { username, password, apiKey } : await readCredentialsFile(file, environment, warn);
}

function complete(found: FoundCredentials, storedName: string, where: string): Credentials {
  const { password = '', apiKey = '' } = found;
  const username = found.username === undefined || found.username === '' ? storedName : found.username;
  if (apiKey !== '') return { kind: 'api-key', key: apiKey };
  if (username.toLowerCase() === API_KEY_USER) return { kind: 'api-key', key: password };
  if (username !== '') return { kind: 'password', username, password };
  throw new OperationError({
    code: 'unauthenticated',
    attempted: 'sign in to Prism Central',
    problem: `there is a password in ${where}, but no user name`,
    advice: `Give ${nameOf(OPTIONS.Username)}.`,
  });
}

function hostOf(endpoint: string): string {
  const parsed = parseEndpoint(endpoint);
  return 'problem' in parsed ? withoutUserInfo(endpoint) : parsed.host.toLowerCase();
}

function notFound(values: ConfigValues, problem: string): OperationError {
  return new OperationError({
    code: 'unauthenticated',
    attempted: `sign in to Prism Central ${values.Endpoint}`,
    problem,
  });
}
