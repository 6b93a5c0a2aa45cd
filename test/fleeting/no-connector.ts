import type { ConnectorSettings } from '../../src/fleeting/index.js';

/** A `connector_config` that says nothing. */
export const NO_CONNECTOR: ConnectorSettings = {
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
