import { readPrivateKey } from '../../guest/index.js';
import type { OptionValues } from '../../settings/index.js';
import { OPTIONS } from '../../settings/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { ConnectorSettings } from '../contract.js';

/** What the runner's `connector_config` says of the way to instances. */
export interface ConnectorChoice {
  /** User and port where they are given there; they count before the options. */
  readonly options: Partial<Pick<OptionValues, 'SSHUser' | 'SSHPort'>>;
  /** The runner's own key; undefined = the plugin makes one for the group. */
  readonly staticKey?: StaticKey | undefined;
  /** One text each. */
  readonly problems: readonly string[];
}

/** A private key that the runner has, and its public half as one line of authorized_keys. */
export interface StaticKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Linux with SSH is what cloud-init and Ignition set up. `values`: what plugin_config and the environment say. */
export async function readConnector(
  connector: ConnectorSettings,
  values: OptionValues,
): Promise<ConnectorChoice> {
  const { os, protocol, username, protocolPort, key } = connector;
  const problems: string[] = [];
  if (!['', 'linux'].includes(os.toLowerCase())) problems.push(`os must be linux, not ${quoted(os)}`);
  if (!['', 'ssh'].includes(protocol.toLowerCase()))
    problems.push(`protocol must be ssh, not ${quoted(protocol)}`);
  problems.push(...contradiction('username', username, 'ssh_user', values.SSHUser, OPTIONS.SSHUser.fallback));
  problems.push(
    ...contradiction(
      'protocol_port',
      protocolPort || '',
      'ssh_port',
      values.SSHPort,
      OPTIONS.SSHPort.fallback,
    ),
  );
  const read = key.byteLength === 0 ? undefined : await staticKeyFrom(key);
  if (read instanceof OperationError) problems.push(`key_path: ${read.problem}. ${read.advice ?? ''}`.trim());
  return {
    options: {
      ...(username === '' ? {} : { SSHUser: username }),
      ...(protocolPort === 0 ? {} : { SSHPort: protocolPort }),
    },
    staticKey: read instanceof OperationError ? undefined : read,
    problems: problems.map((text) => `connector_config.${text}`),
  };
}

/** Two places that say the same thing differently: neither is taken for the one that is meant. */
function contradiction<T extends string | number>(
  name: string,
  there: T | '',
  key: string,
  here: T,
  fallback: T,
): readonly string[] {
  if (there === '' || here === there || here === fallback) return [];
  return [`${name} is ${quoted(there)} and ${key} of plugin_config ${quoted(here)}: leave one of them out`];
}

/** The runner reads the file of `key_path` and sends its contents. */
async function staticKeyFrom(bytes: Uint8Array): Promise<StaticKey | OperationError> {
  try {
    const { text, publicKey } = await readPrivateKey(
      new TextDecoder().decode(bytes),
      'connector_config.key_path',
      '',
    );
    return { privateKey: text, publicKey };
  } catch (error) {
    if (!hasCode(error, 'invalid-input')) throw error;
    return error;
  }
}

function quoted(value: string | number): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value.slice(0, 60));
}
