import { OperationError } from '../../support/index.js';
import type { ConnectionToInstance } from '../contract.js';
import { hostSpecFor, type GroupWork } from './group-work.js';
import type { Instance } from './instance.js';

/**
 * How the runner reaches an instance that is ready. Nothing is asked for that: the runner removes an instance whose
 * answer is an error, and keeps the answer for good. What it set itself wins; a password of its own takes the place of
 * the key, because it would use the key alone.
 */
export function connectionTo(work: GroupWork, instance: Instance): ConnectionToInstance {
  const { connector } = work.settings;
  const { name, address } = instance;
  if (address === undefined) {
    const attempted = `tell how instance "${name}" is reached`;
    throw new OperationError({ code: 'not-running', attempted, problem: 'its guest is not ready yet' });
  }
  const { ssh } = hostSpecFor(work, name);
  const isByPassword =
    connector.useStaticCredentials && connector.password !== '' && connector.key.length === 0;
  return {
    connector: {
      ...connector,
      os: connector.os === '' ? 'linux' : connector.os,
      arch: connector.arch === '' ? 'amd64' : connector.arch,
      protocol: connector.protocol === '' ? 'ssh' : connector.protocol,
      protocolPort: connector.protocolPort === 0 ? ssh.port : connector.protocolPort,
      username: connector.username === '' ? ssh.user : connector.username,
      key: isByPassword ? new Uint8Array() : new TextEncoder().encode(work.privateKey),
    },
    // The runner dials the internal one unless it is told otherwise.
    externalAddress: address,
    internalAddress: address,
    expiresAt: 0,
  };
}
