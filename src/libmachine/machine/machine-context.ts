import type { HostLifecycle } from '../../host/index.js';
import type { CallContext } from '../../provider/index.js';
import { hasCode, OperationError, type Clock } from '../../support/index.js';
import { MachineConfig, type ConfigValues } from '../../settings/index.js';
import { credentialsPlace, trustPlace } from '../../settings/index.js';
import type { PluginLog } from '../../logging/index.js';
import { OPTIONS, timeLimitOf, type Environment } from '../../settings/index.js';
import { Cloud, type Backend } from './cloud.js';
import { Operations, type Operation } from './operations.js';

export interface MachineDependencies {
  readonly backend: Backend;
  readonly log: PluginLog;
  readonly clock: Clock;
  readonly environment: Environment;
}

/** What one machine's calls share: its configuration, its cloud, and what runs on it. */
export class MachineContext {
  readonly config = new MachineConfig();
  readonly operations: Operations;
  readonly cloud: Cloud;
  readonly log: PluginLog;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly guestAnswers: Backend['guestAnswers'];

  constructor({ backend, log, clock, environment }: MachineDependencies) {
    this.operations = new Operations(log);
    this.cloud = new Cloud(backend, { logger: log, clock }, log.redactor);
    this.log = log;
    this.clock = clock;
    this.environment = environment;
    this.guestAnswers = async (...guest) => await backend.guestAnswers(...guest);
  }

  get values(): ConfigValues {
    return this.config.values;
  }

  /** E.g. `start machine "web-1"`. */
  attempt(verb: string): string {
    return `${verb} machine "${this.values.MachineName}"`;
  }

  /** An operation that changes the machine, with the person's time limit and `extra` ms on top. */
  changing(verb: string, signal: AbortSignal, extra = 0): Operation {
    const seconds = timeLimitOf(this.values) / 1000;
    const advice = `More time can be given with --${OPTIONS.Timeout.name} (now ${seconds} s).`;
    return { attempted: this.attempt(verb), limit: seconds * 1000 + extra, advice, signal };
  }

  /** Works with the machine's cloud; refused credentials are looked up anew the next time, and it is said where they are. */
  async onCloud<T>(context: CallContext, work: (hosts: HostLifecycle) => Promise<T>): Promise<T> {
    const hosts = await this.cloud.hosts(this.values, this.environment, context.signal);
    try {
      return await work(hosts);
    } catch (error) {
      if (hasCode(error, 'untrusted-certificate')) throw withAdvice(error, trustPlace(this.values));
      if (!hasCode(error, 'unauthenticated')) throw error;
      this.cloud.forget();
      throw withAdvice(error, credentialsPlace(this.values));
    }
  }
}

function withAdvice(error: OperationError, more: string | undefined): OperationError {
  if (more === undefined) return error;
  const { code, attempted, problem, taskId, concerns } = error;
  const advice = error.advice === undefined ? more : `${error.advice} ${more}`;
  return new OperationError({ code, attempted, problem, advice, taskId, concerns, cause: error });
}
