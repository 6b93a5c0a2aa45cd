import { sshReadiness } from '../guest/index.js';
import type { Clock } from '../support/index.js';
import type { AddressCandidate } from './address-choice.js';
import type { SshAccess } from './host-spec.js';
import { presentKeys } from './present-keys.js';

/** Servers add up a penalty for refused logins (see readiness.ts), so an address is not tried more often, ms. */
const PAUSE_MS = 10_000;

/** Tells the host's own guest from others at addresses that the cloud lists for it: it accepts the host's key. */
export class GuestRecognition {
  readonly #clock: Clock;
  readonly #ssh: SshAccess;
  readonly #name: string;
  readonly #triedAt = new Map<string, number>();

  constructor(clock: Clock, ssh: SshAccess, name: string) {
    this.#clock = clock;
    this.#ssh = ssh;
    this.#name = name;
  }

  /**
   * The first of these addresses at which the host's key is accepted; undefined when there is none now, or no
   * key to try. At most 18 s; rejects only with the reason of `signal`.
   */
  async recognise(
    candidates: readonly AddressCandidate[],
    signal: AbortSignal,
  ): Promise<AddressCandidate | undefined> {
    const now = this.#clock.now();
    const due = candidates.filter(({ ip }) => now - (this.#triedAt.get(ip) ?? -PAUSE_MS) >= PAUSE_MS);
    if (due.length === 0) return undefined;
    const { user, port } = this.#ssh;
    const keys = await presentKeys(this.#ssh, this.#name).catch(() => undefined);
    if (keys === undefined) return undefined;
    const readiness = sshReadiness({ user, port, privateKey: keys.privateKey });
    const observations = await Promise.all(due.map(async ({ ip }) => await readiness.probe(ip, signal)));
    for (const [index, observation] of observations.entries()) {
      // Only a login that was refused counts: a port that is still closed may open at any moment.
      if (!observation.ready && observation.pause !== undefined) this.#triedAt.set(due[index]?.ip ?? '', now);
    }
    return due.find((_, index) => observations[index]?.ready);
  }
}
