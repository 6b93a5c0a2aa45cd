import { checkKeyPair, composeUserData, powerOffProblem, STAND_IN_KEY } from '../guest/index.js';
import type { CallContext, Placement, Provider } from '../provider/index.js';
import { asOneError, deadlineAfter, hasCode, OperationError } from '../support/index.js';
import { guestSetupOf } from './guest-plan.js';
import type { HostDependencies } from './host-spec.js';
import { presentKeys } from './present-keys.js';
import { problemsOf } from './spec-check.js';
import type { HostSpec, PreparedHost } from './host-spec.js';

/** Time limit for the release of a reserved identity that is no longer needed, ms. */
const RELEASE_TIMEOUT_MS = 20_000;

/**
 * PreCreateCheck: all that is wrong, here and in the cloud, in one error; then the identity. `checked`: what `checkHost`
 * has found for a host that differs in its name only, and is not looked up again.
 */
export async function prepareHost(
  deps: HostDependencies,
  spec: HostSpec,
  context: CallContext,
  checked?: Placement,
): Promise<PreparedHost> {
  const { provider } = deps;
  const placement = checked ?? (await checkHost(deps, spec, context));
  const creationToken = await provider.issueCreationToken(spec.name, context);
  try {
    // The cancelled caller never sees the token, so the reservation has to be released here.
    context.signal.throwIfAborted();
  } catch (error) {
    await release(deps, spec.name, creationToken);
    throw error;
  }
  return { placement, creationToken };
}

/** All that can be known to be wrong with a host, here and in the cloud, in one error; nothing is made or reserved. */
export async function checkHost(
  deps: HostDependencies,
  spec: HostSpec,
  context: CallContext,
): Promise<Placement> {
  const { provider, logger } = deps;
  const [local, resolved] = await Promise.all([
    localProblems(deps, spec),
    settled(provider.resolve(spec.placement, context)),
  ]);
  // The error of an aborted look-up says what it was waiting for; the signal's reason alone does not.
  if (!resolved.problems.some(isEnd)) context.signal.throwIfAborted();
  const problems = [
    ...local,
    ...(local.length > 0 ? [] : await formProblems(provider, spec)),
    ...resolved.problems,
  ];
  if (resolved.placement === undefined || problems.length > 0) {
    throw reportOf(spec.name, problems);
  }
  for (const warning of resolved.placement.warnings) logger.warn(warning);
  return resolved.placement;
}

/** Problems of a host that can be found without a request to the cloud. */
export async function localProblems(
  { provider }: { readonly provider: Pick<Provider, 'longestUserData'> },
  spec: HostSpec,
): Promise<readonly OperationError[]> {
  const problems: OperationError[] = problemsOf(spec).map(
    (problem) =>
      new OperationError({ code: 'invalid-input', attempted: `check host "${spec.name}"`, problem }),
  );
  const { generate, existingKey, keyPath, privateKey } = spec.ssh;
  let publicKey = STAND_IN_KEY;
  try {
    if (privateKey !== undefined) ({ publicKey } = await presentKeys(spec.ssh, spec.name));
    else if (generate === false)
      publicKey = await checkKeyPair(existingKey ?? keyPath, existingKey === undefined);
  } catch (error) {
    problems.push(OperationError.from(error, 'check the SSH key'));
  }
  try {
    const userData = await composeUserData(guestSetupOf(spec, publicKey), spec.userData);
    problems.push(...tooLong(userData, provider.longestUserData));
    const problem = await powerOffProblem(spec.userData ?? '');
    if (problem !== undefined) problems.push(guestGoesOff(problem));
  } catch (error) {
    problems.push(OperationError.from(error, 'compose the cloud-init user-data'));
  }
  return problems;
}

/** What the cloud does not take of the user-data; which form it takes may be known only when it was asked. */
async function formProblems(
  { userDataForm }: Pick<Provider, 'userDataForm'>,
  spec: HostSpec,
): Promise<readonly OperationError[]> {
  if (userDataForm === undefined) return [];
  try {
    await composeUserData(guestSetupOf(spec, STAND_IN_KEY), spec.userData, userDataForm);
    return [];
  } catch (error) {
    return [OperationError.from(error, 'compose the cloud-init user-data')];
  }
}

function guestGoesOff(problem: string): OperationError {
  const attempted = 'check the cloud-init user-data';
  const advice = 'Take power_state out, or let it reboot.';
  return new OperationError({ code: 'invalid-input', attempted, problem, advice });
}

function tooLong(userData: string, longest = Number.POSITIVE_INFINITY): readonly OperationError[] {
  const bytes = Buffer.byteLength(userData);
  if (bytes <= longest) return [];
  return [
    new OperationError({
      code: 'invalid-input',
      attempted: 'compose the cloud-init user-data',
      problem: `with what is added to it, it has ${bytes} bytes; at most ${longest} are possible`,
      advice: 'Let it fetch the large parts (#include, runcmd with curl).',
    }),
  ];
}

interface Settled {
  readonly placement?: Placement;
  readonly problems: readonly OperationError[];
}

async function settled(resolving: Promise<Placement>): Promise<Settled> {
  try {
    return { placement: await resolving, problems: [] };
  } catch (error) {
    return { problems: [OperationError.from(error, 'look up what the host needs')] };
  }
}

/** A cancelled or timed-out look-up says nothing about the request: it stands alone. */
function reportOf(name: string, problems: readonly OperationError[]): OperationError {
  const [first, ...more] = problems;
  const ended = problems.find(isEnd);
  if (ended !== undefined) return ended;
  if (first === undefined) return OperationError.from('nothing was found', `prepare host "${name}"`);
  return asOneError(`prepare host "${name}"`, [first, ...more]);
}

async function release(
  { provider, logger }: HostDependencies,
  name: string,
  creationToken: string,
): Promise<void> {
  const deadline = deadlineAfter(RELEASE_TIMEOUT_MS, `give back the identity reserved for host "${name}"`);
  try {
    await provider.remove(
      { name, creationToken },
      { signal: deadline.signal, progress: (line) => logger.debug(line) },
    );
  } catch (error) {
    // The reservation expires by itself; the user has to read why prepare failed, not why the release did.
    logger.debug(OperationError.from(error, 'give back a reserved identity').message);
  } finally {
    deadline.clear();
  }
}

function isEnd(problem: OperationError): boolean {
  return hasCode(problem, 'cancelled', 'timeout');
}
