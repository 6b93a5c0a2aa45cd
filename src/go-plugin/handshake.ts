import { inputError } from '../support/index.js';

/** What a host and its plugins have agreed on beforehand. */
export interface Handshake {
  /** Environment variable and value by which a host says that it is one. It keeps users from starting a plugin, and no more. */
  readonly cookie: { readonly name: string; readonly value: string };
  /** Version of the plugin's own services. */
  readonly protocolVersion: number;
}

/** What a host wants of the plugin that it starts. */
export interface HostRequest {
  /** Folder of the socket; undefined = that for temporary files. */
  readonly socketFolder: string | undefined;
  /** Name or number of the group that may use the socket too. */
  readonly socketGroup: string | undefined;
  /** TCP ports of which one is taken, where there are no sockets in files; 0 to 0 = any. */
  readonly ports: { readonly first: number; readonly last: number };
  /** PEM; the host wants mutual TLS, and this is the certificate that it will show. Such a certificate is no secret. */
  readonly hostCertificate: string | undefined;
  /** The host reads a seventh field. */
  readonly asksForMultiplexing: boolean;
}

/** Where a plugin listens. */
export interface PluginAddress {
  readonly network: 'unix' | 'tcp';
  /** A path, or `127.0.0.1:40123`. */
  readonly address: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Version of the handshake itself. */
const CORE_PROTOCOL = 1;
const LAST_PORT = 65_535;

/** Whether a host has started this process. */
export function isStartedByHost({ cookie }: Handshake, environment: Environment): boolean {
  return environment[cookie.name] === cookie.value;
}

/**
 * Reads the variables that go-plugin's host sets. PLUGIN_PROTOCOL_VERSIONS is not among them: a plugin of one version says
 * it, and the host tells its user when that does not suit it. Throws `invalid-input` with all that is wrong.
 */
export function readHostRequest(environment: Environment): HostRequest {
  const problems: string[] = [];
  const first = portIn(environment, 'PLUGIN_MIN_PORT', problems);
  const last = portIn(environment, 'PLUGIN_MAX_PORT', problems);
  if (first > last) problems.push(`PLUGIN_MIN_PORT ${first} is greater than PLUGIN_MAX_PORT ${last}`);
  const error = inputError('read what the host of this plugin wants', problems);
  if (error !== undefined) throw error;
  return {
    socketFolder: given(environment['PLUGIN_UNIX_SOCKET_DIR']),
    socketGroup: given(environment['PLUGIN_UNIX_SOCKET_GROUP']),
    ports: { first, last },
    hostCertificate: given(environment['PLUGIN_CLIENT_CERT']),
    asksForMultiplexing: given(environment['PLUGIN_MULTIPLEX_GRPC']) !== undefined,
  };
}

/**
 * The one line that a plugin prints: where it listens, what it speaks, and its certificate, if the host wants mutual TLS.
 * A host that asks for multiplexing is told that there is none; others would take a seventh field for a part of the sixth.
 */
export function handshakeLine(
  protocolVersion: number,
  { network, address }: PluginAddress,
  certificateDer: Uint8Array | undefined,
  asksForMultiplexing: boolean,
): string {
  const certificate =
    certificateDer === undefined ? '' : Buffer.from(certificateDer).toString('base64').replace(/=+$/, '');
  const fields = [CORE_PROTOCOL, protocolVersion, network, address, 'grpc', certificate];
  return `${[...fields, ...(asksForMultiplexing ? [false] : [])].join('|')}\n`;
}

function portIn(environment: Environment, name: string, problems: string[]): number {
  const text = given(environment[name]);
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= LAST_PORT) return port;
  problems.push(`${name} is ${JSON.stringify(text)}; a number from 0 to ${LAST_PORT} is wanted`);
  return 0;
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
