import { createArguments, type Fleet } from '../../../src/fleet/declaration/fleet.js';
import { parseFleet } from '../../../src/fleet/declaration/load.js';
import type { FileProblem } from '../../../src/fleet/declaration/problem.js';

/** Enough for the driver to accept a host. */
export const ENVIRONMENT = {
  NUTANIX_ENDPOINT: 'prism.example',
  NUTANIX_USERNAME: 'admin',
  NUTANIX_PASSWORD: 'from-the-environment',
  NUTANIX_CLUSTER: 'prod',
  NUTANIX_VM_IMAGE: 'debian-12',
  NUTANIX_VM_NETWORK: 'vlan-20',
};

export function fleetOf(text: string, environment: Readonly<Record<string, string>> = ENVIRONMENT): Fleet {
  const result = parseFleet(text, '/etc/fleets/hosts.yaml', environment);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.fleet;
}

export function problemsOf(
  text: string,
  environment: Readonly<Record<string, string>> = ENVIRONMENT,
): readonly FileProblem[] {
  const result = parseFleet(text, '/etc/fleets/hosts.yaml', environment);
  return 'problems' in result ? result.problems : [];
}

/** Create arguments by host. */
export function argumentsOf(fleet: Fleet): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(fleet.hosts.map((host) => [host.name, createArguments(host)]));
}
