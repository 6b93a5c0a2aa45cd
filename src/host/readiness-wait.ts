import {
  cloudInitReadiness,
  isForIgnition,
  mountReadiness,
  restartReadiness,
  sshReadiness,
  type KeyPair,
  type Readiness,
} from '../guest/index.js';
import type { CallContext, VmIdentity } from '../provider/index.js';
import { backoff, type Clock } from '../support/index.js';
import { AddressDiscovery } from './address-discovery.js';
import { guestDisks } from './guest-plan.js';
import type { HostDependencies } from './host-spec.js';
import type { HostSpec } from './host-spec.js';
import { CLOUD_PAUSES, GUEST_PAUSES, waitFor, type ProbeResult } from './waiting.js';

/** Waits until a new host's guest is as ready as was asked for; resolves with its address. */
export async function waitUntilReady(
  deps: HostDependencies,
  spec: HostSpec,
  identity: VmIdentity,
  keys: KeyPair,
  context: CallContext,
): Promise<string> {
  const mustAnswer = spec.waitFor !== 'ip';
  const location = new AddressDiscovery(deps, identity, { ...spec, mustAnswer });
  let address = await location.wait(context);
  for (const readiness of readinessOf(spec, keys, deps.clock)) {
    address = await waitAt(address, readiness, location, deps, context);
  }
  return address;
}

function readinessOf(spec: HostSpec, { privateKey }: KeyPair, clock: Clock): readonly Readiness[] {
  // Ignition ends before the guest's SSH server starts; such a guest has no cloud-init whose status could be read.
  const reader = isForIgnition(spec.userData) ? 'Ignition' : 'cloud-init';
  const login = { user: spec.ssh.user, port: spec.ssh.port, privateKey };
  const paths = guestDisks(spec).map((disk) => disk.path);
  const mounts = paths.length === 0 ? [] : [mountReadiness(login, paths)];
  // Only user-data can ask for a restart; cloud-init runs again after it.
  const restart =
    spec.userData === undefined ? [] : [restartReadiness(login, clock), cloudInitReadiness(login)];
  switch (spec.waitFor) {
    case 'ip':
      return [];
    case 'ssh':
      return [sshReadiness(login, reader)];
    case 'cloud-init':
      return reader === 'Ignition'
        ? [sshReadiness(login, reader)]
        : [sshReadiness(login), cloudInitReadiness(login), ...restart, ...mounts];
  }
}

/** A guest that answers within this is asked as often as any other, ms. */
const QUICK_ANSWER_MS = 1_000;
/** A slow guest is left alone for no longer than this between two questions, ms. */
const LONGEST_REST_MS = 15_000;

/**
 * Waits at an address. When the guest no longer answers there, its address is discovered again, which asks the cloud and so
 * comes more seldom than the probes of the guest. A guest that took long to answer is left alone for as long: a login and a
 * start of cloud-init cost a slow CPU seconds, and asked without a rest it would do little but tell that it is not done.
 */
async function waitAt(
  first: string,
  readiness: Readiness,
  location: AddressDiscovery,
  { logger, clock }: HostDependencies,
  context: CallContext,
): Promise<string> {
  let address = first;
  const pauses = backoff(CLOUD_PAUSES);
  let [looks, lookAt] = [0, clock.now()];
  const probe = async (): Promise<ProbeResult<string | undefined>> => {
    const askedAt = clock.now();
    const observation = await readiness.probe(address, context.signal);
    if (observation.ready) return { ready: true, value: observation.note };
    const { seen } = observation;
    const rest = observation.reachable ? Math.min(clock.now() - askedAt, LONGEST_REST_MS) : 0;
    const pause = Math.max(observation.pause ?? 0, rest > QUICK_ANSWER_MS ? rest : 0);
    if (!observation.reachable && clock.now() >= lookAt) {
      const again = await location.probe(context);
      lookAt = clock.now() + pauses((looks += 1));
      if (again.ready) address = again.value;
    }
    return { ready: false, seen: `${address}: ${seen}`, pause };
  };
  const { what, advice } = readiness;
  const note = await waitFor({ what, advice, probe, pauses: GUEST_PAUSES }, context, clock);
  if (note !== undefined) logger.warn(note);
  return address;
}
