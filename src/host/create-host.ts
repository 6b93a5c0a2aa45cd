import {
  cloudInitReadiness,
  composeUserData,
  makeKeyPair,
  readKeyPair,
  removeKeyPair,
  sshReadiness,
  type KeyPair,
  type Readiness,
} from '../guest/index.js';
import type { CallContext, Provider, VmTrace } from '../provider/index.js';
import { deadlineAfter, OperationError, type Clock, type Logger } from '../support/index.js';
import { GuestLocation } from './guest-location.js';
import type { CreatedHost, HostSpec, PreparedHost, SshAccess } from './types.js';
import { UndoList } from './undo.js';
import { waitFor } from './waiting.js';

export interface HostDependencies {
  readonly provider: Provider;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** A clean-up has its own time, ms: the operation's own is over, or was ended, when it begins. */
const CLEANUP_TIMEOUT_MS = 120_000;

/** Create: each step knows how to take back what it made. */
export async function createHost(
  deps: HostDependencies,
  spec: HostSpec,
  { placement, creationKey }: PreparedHost,
  context: CallContext,
): Promise<CreatedHost> {
  const { provider } = deps;
  const undo = new UndoList();
  const trace: VmTrace = { name: spec.name, creationKey };
  try {
    // The identity was fixed in PreCreateCheck; giving it back removes the VM too, if there is one.
    undo.add({ makes: `VM "${spec.name}"`, undo: async (how) => await provider.remove(trace, how) });
    const keys = await undo.run(
      {
        makes: `SSH key ${spec.ssh.keyPath}`,
        act: async () => await obtainKeys(spec.ssh, spec.name),
        undo: spec.ssh.generate === false ? undefined : async () => await removeKeyPair(spec.ssh.keyPath),
      },
      context,
    );
    const setup = { user: spec.ssh.user, publicKey: keys.publicKey, disks: [] };
    const userData = composeUserData(setup, spec.userData);
    const hostname = hostnameOf(spec.name);
    const vmId = await provider.create(
      creationKey,
      { ...spec.vm, name: spec.name, placement, userData, hostname },
      context,
    );
    const address = await waitUntilReady(deps, spec, { ...trace, vmId }, keys, context);
    return { vmId, address };
  } catch (error) {
    throw await afterFailure(error, undo, spec, context);
  }
}

async function obtainKeys(ssh: SshAccess, name: string): Promise<KeyPair> {
  return ssh.generate === false
    ? await readKeyPair(ssh.keyPath)
    : await makeKeyPair(ssh.keyPath, ssh.generate, name);
}

export function hostnameOf(name: string): string {
  return name.split('.')[0] ?? name;
}

async function waitUntilReady(
  { provider, clock, logger }: HostDependencies,
  spec: HostSpec,
  trace: VmTrace,
  keys: KeyPair,
  context: CallContext,
): Promise<string> {
  const location = new GuestLocation(provider, clock, trace, { ...spec, mustAnswer: spec.waitFor !== 'ip' });
  const locate = { what: `an address of VM "${spec.name}"`, look: async () => await location.look(context) };
  let address = await waitFor(locate, context, clock);
  for (const readiness of readinessOf(spec, keys)) {
    const look = async () => {
      const seen = await readiness.look(address, context.signal);
      if (seen.ready) return { ready: true as const, value: seen.note };
      if (!seen.reachable) {
        const again = await location.look(context);
        if (again.ready) address = again.value;
      }
      return { ready: false as const, seen: `${address}: ${seen.seen}` };
    };
    const note = await waitFor({ what: readiness.what, advice: readiness.advice, look }, context, clock);
    if (note !== undefined) logger.warn(`${spec.name}: ${note}`);
  }
  return address;
}

function readinessOf({ waitFor: goal, ssh }: HostSpec, { privateKey }: KeyPair): readonly Readiness[] {
  const login = { user: ssh.user, port: ssh.port, privateKey };
  switch (goal) {
    case 'ip':
      return [];
    case 'ssh':
      return [sshReadiness(login)];
    case 'cloud-init':
      return [sshReadiness(login), cloudInitReadiness(login)];
  }
}

async function afterFailure(
  error: unknown,
  undo: UndoList,
  spec: HostSpec,
  context: CallContext,
): Promise<OperationError> {
  const first = OperationError.from(error, `create host "${spec.name}"`);
  if (spec.keepOnError)
    return withNote(first, `What was made is kept; remove host "${spec.name}" when you have looked at it.`);
  context.progress(`creating failed; removing what was made (${first.message})`);
  const deadline = deadlineAfter(CLEANUP_TIMEOUT_MS, `clean up after host "${spec.name}"`);
  try {
    const failures = await undo.undoAll({ signal: deadline.signal, progress: context.progress });
    const notes = failures.map(
      (failure) => `The clean-up failed too (${failure.message}): remove host "${spec.name}".`,
    );
    return notes.length === 0 ? first : withNote(first, notes.join(' '));
  } finally {
    deadline.clear();
  }
}

function withNote(error: OperationError, note: string): OperationError {
  const { code, attempted, problem, taskId } = error;
  const advice = error.advice === undefined ? note : `${error.advice} ${note}`;
  return new OperationError({ code, attempted, problem, advice, taskId, cause: error });
}
