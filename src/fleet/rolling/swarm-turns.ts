import type { FleetContext } from '../context/fleet-context.js';
import type { PlannedHost } from '../hosts/plan/make-plan.js';
import { OperationError } from '../../support/index.js';
import { actingManager, ownNode } from '../platform/swarm/acting-manager.js';
import { runningMembers } from '../platform/swarm/members.js';
import { untilSettled } from '../platform/swarm/settled.js';
import { nextInTurn, standingOf, type Standing } from '../platform/swarm/order.js';
import { stepAside } from '../platform/swarm/step-aside.js';

/** What turns have to do with the swarm of the file; nothing when there is none. */
export class SwarmTurns {
  readonly #context: FleetContext;
  readonly #loseSwarm: boolean;
  /** Whether the file declares a swarm. */
  readonly #isDeclared: boolean;

  constructor(context: FleetContext, loseSwarm: boolean) {
    this.#context = context;
    this.#loseSwarm = loseSwarm;
    this.#isDeclared = context.fleet.hosts.some(({ swarm }) => swarm !== undefined);
  }

  /** Whose turn it is. The leader may be another one after each turn. */
  async next(waiting: readonly PlannedHost[]): Promise<PlannedHost | undefined> {
    const { stop } = this.#context;
    if (!this.#isDeclared) return waiting[0];
    const standings = new Map<string, Standing>();
    const members = await runningMembers(this.#context);
    const acting = await actingManager(members, stop);
    for (const member of members) {
      const own = await ownNode(member, stop);
      const node = acting?.nodes.find(({ ID }) => ID === own?.id);
      if (node !== undefined) standings.set(member.name, standingOf(node));
    }
    return nextInTurn(waiting, ({ host }) => standings.get(host.name) ?? host.swarm?.role ?? 'none');
  }

  async stepAside({ host }: PlannedHost, forGood: boolean): Promise<void> {
    const { reporter, stop, clock } = this.#context;
    if (host.swarm === undefined) return;
    await stepAside(host.name, await runningMembers(this.#context), {
      forGood,
      loseSwarm: this.#loseSwarm,
      signal: stop,
      clock,
      say: (text) => reporter.step(host.name, text),
    });
  }

  /** Waits for the swarm to be well again; what is wrong with it, undefined = nothing. */
  async trouble(): Promise<string | undefined> {
    const { reporter, stop, clock } = this.#context;
    if (!this.#isDeclared) return undefined;
    try {
      const members = await runningMembers(this.#context);
      await untilSettled(members, { clock, signal: stop, say: (text) => reporter.note(`waiting: ${text}`) });
      return undefined;
    } catch (error) {
      return OperationError.from(error, 'wait for the swarm to be well').message;
    }
  }
}
