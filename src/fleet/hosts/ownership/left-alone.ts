import { OperationError } from '../../../support/index.js';
import { type Fleet, type HostDeclaration, selectHosts } from '../../declaration/fleet.js';
import type { InstallStep } from '../../declaration/schema.js';
import type { ForeignHosts } from './ownership.js';
import { placeholdersIn } from '../../declaration/placeholders.js';

/** What a host that this tool did not make does not get of the file. Empty = the file wants nothing on it. */
export function partsLeftOut({ install, checks, hosts }: Fleet, host: HostDeclaration): readonly string[] {
  const scripts = install.filter(({ on }) => selectHosts(hosts, on).includes(host));
  const commands = checks.filter(
    (check) => 'command' in check && selectHosts(hosts, check.command.on).includes(host),
  );
  return [
    ...(host.swarm === undefined ? [] : ['not joined to the swarm']),
    ...(scripts.length === 0 ? [] : ['not installed']),
    ...(commands.length === 0 ? [] : ['not checked by commands']),
  ];
}

/** For each host that this tool did not make and that the file wants more of than to be there: one sentence. */
export function leftAlone(fleet: Fleet, foreign: ForeignHosts): readonly string[] {
  return fleet.hosts
    .filter(({ name }) => foreign.has(name))
    .flatMap((host) => {
      const parts = partsLeftOut(fleet, host);
      return parts.length === 0
        ? []
        : [`${host.name} ${foreign.get(host.name) ?? ''}: left alone, ${parts.join(', ')}`];
    });
}

/**
 * Throws `conflict` when swarm or installation could only be half done without hosts that this tool did not make:
 * as a manager, as the only host of a step, or as a host on which other hosts' scripts build.
 */
export function requireNeeded(fleet: Fleet, foreign: ForeignHosts): void {
  const needs = [...managersNeeded(fleet, foreign), ...stepsNeeded(fleet, foreign)];
  if (needs.length === 0) return;
  const names = [...new Set(needs.map(({ host }) => host))];
  throw new OperationError({
    code: 'conflict',
    attempted: `set up ${fleet.name}`,
    problem: needs.map(({ host, why }) => `${host} ${foreign.get(host) ?? ''}, and ${why}`).join('; '),
    advice:
      `Nothing was made or changed. Let this tool work on it with "nutanix-hosts adopt ${names.join(' ')}", ` +
      'or give the host another name in the file.',
  });
}

interface Need {
  readonly host: string;
  readonly why: string;
}

function managersNeeded({ hosts }: Fleet, foreign: ForeignHosts): Need[] {
  return hosts
    .filter(({ name, swarm }) => foreign.has(name) && swarm?.role === 'manager')
    .map(({ name }) => ({ host: name, why: 'the swarm needs it as a manager' }));
}

function stepsNeeded(fleet: Fleet, foreign: ForeignHosts): Need[] {
  const { install, hosts } = fleet;
  return install.flatMap((step): Need[] => {
    const selected = selectHosts(hosts, step.on);
    const [first] = selected;
    const own = selected.filter(({ name }) => !foreign.has(name));
    if (first === undefined) return [];
    if (own.length === 0) return [{ host: first.name, why: `the step ${step.name} runs on no other host` }];
    return referredTo(fleet, step, own)
      .filter((host) => foreign.has(host.name) && partsLeftOut(fleet, host).includes('not installed'))
      .map(({ name }) => ({ host: name, why: `the step ${step.name} on other hosts builds on it` }));
  });
}

/** The hosts that the placeholders of a step's script mean when it runs on `own`. */
function referredTo(
  { hosts }: Fleet,
  { run }: InstallStep,
  own: readonly HostDeclaration[],
): readonly HostDeclaration[] {
  const scopes = placeholdersIn(run).map(({ scope }) => scope);
  const roles = scopes.flatMap((scope) => (scope === 'first' ? own.map(({ role }) => role) : [scope]));
  const found = [...new Set(roles)].map((role) =>
    hosts.find((host) => role !== undefined && host.role === role),
  );
  return found.filter((host) => host !== undefined);
}
