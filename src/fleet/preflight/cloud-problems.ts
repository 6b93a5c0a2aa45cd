import { namesEntity, optionsNaming } from '../../settings/index.js';
import type { CallContext, PlacementRequest, Provider } from '../../provider/index.js';
import { hasCode, problemsIn, type OperationError } from '../../support/index.js';
import type { Fleet } from '../declaration/fleet.js';
import { placed, type Requests } from './local-problems.js';
import { mergedRequests } from './merged-requests.js';
import type { Problem } from './not-ready.js';

type Wanted = Requests['hosts'];

/**
 * Signs in once and looks up every name, each once. Resolves with what is wrong with the names; what concerns
 * the connection as a whole, such as a wrong password, is one error and rejects.
 */
export async function nameProblems(
  fleet: Fleet,
  wanted: Wanted,
  cloud: Pick<Provider, 'resolve'>,
  call: CallContext,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  // One after the other: the second finds the session of the first.
  for (const request of mergedRequests(wanted.map(({ request: { placement } }) => placement))) {
    for (const error of await errorsOf(request, cloud, call)) problems.push(problemOf(fleet, wanted, error));
  }
  return problems;
}

/** A swarm whose hosts a simulator will make without real engines; known once the cloud has answered something. */
export function swarmProblems(
  fleet: Fleet,
  wanted: Wanted,
  { runsContainers }: Pick<Provider, 'runsContainers'>,
): readonly Problem[] {
  const member = wanted.find(({ host: { swarm } }) => swarm !== undefined)?.host;
  if (runsContainers !== false || member === undefined) return [];
  const text =
    'a swarm needs guests with a real Docker engine, and this Prism Central is a simulator whose guests have none: ' +
    'start it with --guests container, or leave swarm, deploy and their checks out';
  return [fleet.problemAt([...member.at.slice(0, -1), 'swarm'], text)];
}

async function errorsOf(
  request: PlacementRequest,
  cloud: Pick<Provider, 'resolve'>,
  call: CallContext,
): Promise<readonly OperationError[]> {
  try {
    await cloud.resolve(request, call);
    return [];
  } catch (error) {
    const all = problemsIn(error);
    const found = all.filter((one) =>
      hasCode(one, 'not-found', 'ambiguous', 'invalid-input', 'permission-denied'),
    );
    if (found.length < all.length) throw error;
    return found;
  }
}

/** At the flag that names the entity; where the environment names it, with the variable in front. */
function problemOf(fleet: Fleet, wanted: Wanted, error: OperationError): Problem {
  const { concerns, message } = error;
  const options = concerns === undefined ? [] : optionsNaming(concerns.kind);
  for (const { name: flag } of options) {
    const host = wanted.find(({ host: { flags } }) =>
      namesEntity(flags.get(flag), concerns?.name ?? ''),
    )?.host;
    if (host !== undefined) return placed(fleet, host, message, flag);
  }
  const [likely] = options;
  return likely === undefined ? message : `$${likely.env}: ${message}`;
}
