import { isIP } from 'node:net';
import { networkOf, OperationError } from '../../../support/index.js';
import type { Membership, SwarmSettings } from '../../declaration/schema.js';
import type { EngineClient } from './engine.js';

/** A declared host as a member of the swarm. */
export interface Member {
  readonly name: string;
  readonly membership: Membership;
  readonly engine: EngineClient;
  /** The address that other members reach it at. */
  readonly advertise: string;
  /** The address for traffic between containers; undefined = the same. */
  readonly dataPath?: string | undefined;
}

/** Which of a host's addresses it advertises; those of the chosen networks if the file names any. */
export function memberAddresses(
  host: string,
  main: string,
  all: readonly string[],
  settings: SwarmSettings,
): { readonly advertise: string; readonly dataPath?: string | undefined } {
  const { network, 'data-path-network': dataPathNetwork } = settings;
  const advertise = network === undefined ? main : within(host, network, [main, ...all]);
  if (dataPathNetwork === undefined) return { advertise };
  return { advertise, dataPath: within(host, dataPathNetwork, [main, ...all]) };
}

function within(host: string, network: string, addresses: readonly string[]): string {
  const isInside = networkOf(network);
  if (isInside === undefined) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: `choose an address of ${host}`,
      problem: `${network} is no network (CIDR)`,
    });
  }
  const found = addresses.find(
    (address) => isIP(address) === isIP(network.split('/')[0] ?? '') && isInside(address),
  );
  if (found !== undefined) return found;
  throw new OperationError({
    code: 'not-found',
    attempted: `choose an address of ${host}`,
    problem: `none of ${addresses.join(', ')} is in ${network}`,
    advice: 'Give the host a NIC on that network (vm-network).',
  });
}
