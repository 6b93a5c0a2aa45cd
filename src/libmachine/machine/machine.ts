import type { HostLifecycle, PreparedHost } from '../../host/index.js';
import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { machineNameProblem } from '../../settings/index.js';
import { timeLimitOf } from '../../settings/index.js';
import { hostSpecOf, traceOf } from '../../settings/index.js';
import { userDataOf } from '../../settings/index.js';
import { MachineContext, type MachineDependencies } from './machine-context.js';
import { Addresses } from './addresses.js';
import { hostAccessOf } from '../../settings/index.js';
import { Observation } from './observation.js';
import { preparedHostOf, preparedValues } from './prepared-host.js';

/** What stays of the time limit for switching off, when a guest has used up all its time to shut down, ms. */
const AFTER_SHUTDOWN = 30_000;

/** What a client may do to the machine. Times, texts and files become the core's terms here. */
export class Machine extends MachineContext {
  readonly addresses: Addresses;
  readonly observation: Observation;
  #prepared: PreparedHost | undefined;

  constructor(dependencies: MachineDependencies) {
    super(dependencies);
    this.observation = new Observation(this);
    this.addresses = new Addresses(this, this.observation);
  }

  /** PreCreateCheck: nothing is made but the identity, which the client saves before it calls Create. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#change('prepare', signal, async (hosts, context) => {
      this.#prepared = await this.#prepareOn(hosts, context);
    });
  }

  async create(signal: AbortSignal): Promise<void> {
    await this.#change('create', signal, async (hosts, context) => {
      const known = this.#prepared ?? preparedHostOf(this.values);
      const prepared = known ?? (await this.#prepareOn(hosts, context));
      const spec = hostSpecOf(this.values, await userDataOf(this.values));
      const { vmId, address } = await hosts.create(spec, prepared, context);
      this.config.update({ VMId: vmId });
      this.observation.learn('running', address);
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#change('start', signal, async (hosts, context) => {
      this.#up(await hosts.start(traceOf(this.values), hostAccessOf(this.values), context));
    });
  }

  async stop(signal: AbortSignal): Promise<void> {
    const work = async (hosts: HostLifecycle, context: CallContext): Promise<void> => {
      await hosts.stop(traceOf(this.values), { stopTimeout: this.#stopTimeout }, context);
      this.observation.learn('stopped');
    };
    await this.#change('stop', signal, work, this.#shutdownTime);
  }

  async kill(signal: AbortSignal): Promise<void> {
    await this.#change('kill', signal, async (hosts, context) => {
      await hosts.kill(traceOf(this.values), context);
      this.observation.learn('stopped');
    });
  }

  async restart(signal: AbortSignal): Promise<void> {
    const work = async (hosts: HostLifecycle, context: CallContext): Promise<void> => {
      const options = { ...hostAccessOf(this.values), stopTimeout: this.#stopTimeout };
      this.#up(await hosts.restart(traceOf(this.values), options, context));
    };
    await this.#change('restart', signal, work, this.#shutdownTime);
  }

  async remove(signal: AbortSignal): Promise<void> {
    const { creationToken, vmId } = traceOf(this.values);
    // The identity is fixed before anything is made, so without one there is nothing; no need to sign in.
    if (creationToken === undefined && vmId === undefined) return;
    await this.#change('remove', signal, async (hosts, context) => {
      await hosts.remove(traceOf(this.values), context);
      this.observation.learn('not-found');
    });
  }

  async #prepareOn(hosts: HostLifecycle, context: CallContext): Promise<PreparedHost> {
    const problem = machineNameProblem(this.values.MachineName);
    if (problem !== undefined) {
      throw new OperationError({ code: 'invalid-input', attempted: this.attempt('prepare'), problem });
    }
    const spec = hostSpecOf(this.values, await userDataOf(this.values));
    const prepared = await hosts.prepare(spec, context);
    this.config.update(preparedValues(prepared));
    return prepared;
  }

  /** The machine runs; says so when it is somewhere else now. */
  #up(address: string): void {
    this.observation.learn('running', address);
    const before = this.observation.takeAddressBefore();
    if (before === undefined) return;
    this.log.warn(
      `the address has changed from ${before} to ${address}: run "docker-machine regenerate-certs ${this.values.MachineName}"`,
    );
  }

  get #stopTimeout(): number {
    return this.values.StopTimeout * 1000;
  }

  /** What the guest may take comes on top of the time limit only as far as it does not fit into it. */
  get #shutdownTime(): number {
    const limit = timeLimitOf(this.values);
    return Math.max(0, this.#stopTimeout + AFTER_SHUTDOWN - limit);
  }

  async #change(
    verb: string,
    signal: AbortSignal,
    work: (hosts: HostLifecycle, context: CallContext) => Promise<void>,
    extra = 0,
  ): Promise<void> {
    await this.operations.change(this.changing(verb, signal, extra), async (context) => {
      this.observation.forget();
      const warned = async (hosts: HostLifecycle): Promise<void> => {
        for (const warning of this.cloud.takeWarnings()) this.log.warn(warning);
        await work(hosts, context);
      };
      await this.onCloud(context, warned).finally(() => this.observation.forgetAnswers());
    });
  }
}
