import type { CallContext } from '../../provider/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { GroupWork } from './group-work.js';
import type { Instance } from './instance.js';

/**
 * Rejects when an instance is known to be of no use. Through gRPC the runner cannot tell why, and replaces the instance
 * whatever the error is: where the cloud cannot be asked, nothing is known, and that is no error.
 */
export async function checkHealth(work: GroupWork, instance: Instance, context: CallContext): Promise<void> {
  const { cloud, logger } = work;
  const { name, identity, phase } = instance;
  if (phase === 'leaving' || phase === 'gone') throw unhealthy(name, 'it is being removed');
  if (identity.vmId === undefined) return;
  try {
    const vm = await cloud.provider.find(identity, context);
    if (vm === undefined) throw unhealthy(name, 'its VM does not exist any more');
    if (vm.lifecycle === 'deleting') throw unhealthy(name, 'its VM is being deleted');
    // A VM that is being made is powered on last.
    if (phase === 'running' && (vm.power === 'off' || vm.power === 'paused'))
      throw unhealthy(name, `its VM is ${vm.power}`);
  } catch (error) {
    if (hasCode(error, 'not-running')) throw error;
    context.signal.throwIfAborted();
    logger.debug(
      `Nothing is known of the health of instance ${name}: ${OperationError.from(error, 'look it up').message}`,
    );
  }
}

/** The runner's log shows the words that GitLab's fleeting has for this. */
function unhealthy(name: string, why: string): OperationError {
  return new OperationError({
    code: 'not-running',
    attempted: `check instance "${name}"`,
    problem: `instance is unhealthy: ${why}`,
  });
}
