import { z } from 'zod';
import type { ConnectionToInstance, ConnectorSettings } from '../contract.js';

/** Messages of proto/instance_group.proto as they are decoded: 64-bit numbers are texts, absent messages null. */

const duration = z.string().transform(BigInt);

const connectorConfig = z
  .object({
    os: z.string(),
    arch: z.string(),
    protocol: z.string(),
    username: z.string(),
    password: z.string(),
    key: z.instanceof(Uint8Array),
    useStaticCredentials: z.boolean(),
    keepalive: duration,
    timeout: duration,
    protocolPort: z.string().transform(Number),
  })
  .transform(({ keepalive, timeout, ...others }): ConnectorSettings => ({
    ...others,
    keepaliveNs: keepalive,
    timeoutNs: timeout,
  }));

const NOTHING_SET: ConnectorSettings = {
  os: '',
  arch: '',
  protocol: '',
  username: '',
  password: '',
  key: new Uint8Array(),
  useStaticCredentials: false,
  keepaliveNs: 0n,
  timeoutNs: 0n,
  protocolPort: 0,
};

export const initRequest = z
  .object({
    config: z.instanceof(Uint8Array),
    settings: z.object({ connectorConfig: connectorConfig.nullable() }).nullable(),
  })
  .transform(({ config, settings }) => ({ config, connector: settings?.connectorConfig ?? NOTHING_SET }));

export const increaseRequest = z.object({ n: z.number() });

export const decreaseRequest = z.object({ instances: z.array(z.string()) });

/** ConnectInfo and Heartbeat are about one instance. */
export const instanceRequest = z.object({ instance: z.string() });

export const emptyRequest = z.object({});

export function connectInfoResponse(connection: ConnectionToInstance): object {
  const { keepaliveNs, timeoutNs, ...others } = connection.connector;
  return {
    connector: { ...others, keepalive: String(keepaliveNs), timeout: String(timeoutNs) },
    ExternalAddr: connection.externalAddress,
    InternalAddr: connection.internalAddress,
    expires: connection.expiresAt,
  };
}
