import { type FleetContext, withinLimit } from '../context/fleet-context.js';
import { createArguments } from '../declaration/fleet.js';
import { differences } from '../hosts/plan/differences.js';
import { OperationError } from '../../support/index.js';
import { clientProblem, driverProblem } from './client-problem.js';
import { nameProblems, swarmProblems } from './cloud-problems.js';
import {
  inputFileProblems,
  readRequests,
  stackProblems,
  variableProblems,
  volumePluginProblems,
  type Requests,
} from './local-problems.js';
import { NotReady, type Problem } from './not-ready.js';
import { isAway, whileAway } from '../context/while-away.js';

export interface PreflightOptions {
  /** As the user named it. */
  readonly file: string;
  /** Hosts whose declaration has changed are made again. */
  readonly recreate: boolean;
  /** An outage of the cloud is waited for, up to the time limit of an operation. */
  readonly patient: boolean;
}

/** What a preflight that found nothing wrong has learned. */
export interface Ready {
  /** The cloud's error when it is away, and that is not to be waited for. */
  readonly away?: OperationError | undefined;
  /** How long an outage of the cloud may be waited for while hosts are made, ms; 0 = none is to be made. */
  readonly outageLimit: number;
}

/** One attempt at the cloud, ms: a server that is silent is away, too. */
const ATTEMPT = 60_000;

/**
 * What can be known before anything is made: client and driver, variables, files, one sign-in, and every name in
 * the cloud that a host which is to be made refers to. Only reads. Rejects with NotReady, which says all that is
 * wrong; with the cloud's error when it stays away.
 */
export async function preflight(
  context: FleetContext,
  { file, recreate, patient }: PreflightOptions,
): Promise<Ready> {
  const { fleet, client, stop } = context;
  const { environment } = client.options;
  const [requests, connection, unfit, driverless, stacks, inputs, plugin] = await Promise.all([
    readRequests(fleet, environment),
    connectionProblem(context),
    clientProblem(client, stop),
    driverProblem(client),
    stackProblems(fleet),
    inputFileProblems(fleet),
    volumePluginProblems(fleet, environment),
  ]);
  const local: Problem[] = [
    ...requests.problems,
    ...variableProblems(fleet, environment),
    ...stacks,
    ...inputs,
    ...plugin,
    ...[connection, unfit, driverless].filter((problem) => problem !== undefined),
  ];
  const wanted = await toBeMade(context, requests, recreate);
  if (connection !== undefined || wanted.length === 0) return endedWith(file, local, 0);
  const limit = Math.max(...wanted.map(({ request }) => request.limit));
  // Nothing is gained by waiting when nothing will be made.
  const outage = { ...context, limit: patient && local.length === 0 ? limit : 0 };
  const names = await whileAway(outage, () => lookUp(context, wanted)).catch((error: unknown) => {
    stop.throwIfAborted();
    return aboutTheCloud(error);
  });
  if (!(names instanceof OperationError)) return endedWith(file, [...local, ...names], limit);
  if (!isAway(names)) throw new NotReady(file, [...local, names.message]);
  if (local.length > 0) throw new NotReady(file, local);
  if (patient) throw names;
  return { away: names, outageLimit: limit };
}

/** An error about the cloud as a whole does not name the one name that was looked up first. */
function aboutTheCloud(error: unknown): OperationError {
  const { code, problem, advice } = OperationError.from(error, 'ask Prism Central');
  const attempted = code === 'unauthenticated' ? 'sign in to Prism Central' : 'ask Prism Central';
  return new OperationError({ code, attempted, problem, advice, cause: error });
}

function endedWith(file: string, problems: readonly Problem[], outageLimit: number): Ready {
  if (problems.length > 0) throw new NotReady(file, problems);
  return { outageLimit };
}

/** What is wrong with endpoint, credentials or authorities. */
async function connectionProblem({ cloud }: FleetContext): Promise<string | undefined> {
  try {
    await cloud.open();
    return undefined;
  } catch (error) {
    return OperationError.from(error, 'connect to Prism Central').message;
  }
}

/** As far as is known without asking the client: a host whose VM is gone is found out later. */
async function toBeMade(
  { store, record }: FleetContext,
  { hosts }: Requests,
  recreate: boolean,
): Promise<Requests['hosts']> {
  const stored = await store.names();
  return hosts.filter(({ host }) => {
    const made = record.get(host.name);
    if (!stored.has(host.name) || made?.phase === 'creating') return true;
    return recreate && made !== undefined && differences(made.arguments, createArguments(host)).length > 0;
  });
}

async function lookUp(
  { fleet, cloud, stop }: FleetContext,
  wanted: Requests['hosts'],
): Promise<readonly Problem[]> {
  const provider = await cloud.open();
  const names = await withinLimit(ATTEMPT, 'look up the names of the declaration', stop, (call) =>
    nameProblems(fleet, wanted, provider, call),
  );
  return [...names, ...swarmProblems(fleet, wanted, provider)];
}
