import { machineNameProblem } from '../../settings/index.js';
import { expandNames } from '../declaration/expand.js';

/** The hosts of the file: their group's name, and the name of the fleet. */
export interface HostNames {
  readonly group: string;
  readonly fleet: string;
  readonly names: readonly [string, ...string[]];
}

const FLEET_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/;

/** From `docker-{1..3}`, or from `docker` and how many there are to be. A text says what is wrong. */
export function hostNames(pattern: string, hosts: number | undefined): HostNames | string {
  const hasPattern = /[{}]/.test(pattern);
  const group = hasPattern || hosts === undefined ? pattern : numbered(pattern, hosts);
  const names = expandNames(group, undefined);
  if (typeof names === 'string') return names;
  if (hosts !== undefined && names.length !== hosts) {
    return `${pattern} makes ${names.length} hosts, not ${hosts}: leave the number out, or the braces`;
  }
  const problem = names.map(machineNameProblem).find((text) => text !== undefined);
  if (problem !== undefined) return problem;
  const [first, ...others] = names;
  if (first === undefined) return 'there is no host';
  const stem = group.replace(/[-.]?\{.*$/, '').replace(/-1$/, '');
  return { group, fleet: FLEET_NAME.test(stem) ? stem : 'hosts', names: [first, ...others] };
}

/** One host is named so that others can join it: docker-1 becomes docker-{1..3}. */
function numbered(word: string, hosts: number): string {
  return hosts === 1 ? `${word}-1` : `${word}-{1..${hosts}}`;
}

/** How many hosts, from a command line or a user. A text says what is wrong. */
export function hostCount(text: string): number | string {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= 1000 ? count : 'must be a number from 1 to 1000';
}
