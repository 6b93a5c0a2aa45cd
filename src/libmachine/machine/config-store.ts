import type { HostSpec, PreparedHost } from '../../host/index.js';
import type { Category, GpuChoice, Placement, Reference } from '../../provider/index.js';
import type { HostChanges, HostRecord, HostStore } from '../../session/index.js';
import {
  DOCKER_PORT,
  hostAccessOf,
  hostSpecOf,
  machineNameProblem,
  OPTIONS,
  sshPortOf,
  timeLimitOf,
  identityOf,
  userDataOf,
  type ConfigValues,
  type MachineConfig,
} from '../../settings/index.js';
import { OperationError } from '../../support/index.js';

/** config.json as the record of a host. Times, texts and files become the core's terms here, and back. */
export class ConfigStore implements HostStore {
  readonly #config: MachineConfig;

  constructor(config: MachineConfig) {
    this.#config = config;
  }

  read(): HostRecord {
    const { values } = this.#config;
    const limit = timeLimitOf(values);
    return {
      title: titleOf(values),
      identity: identityOf(values),
      access: hostAccessOf(values),
      openPorts: [sshPortOf(values), DOCKER_PORT],
      lastState: values.LastState === '' ? undefined : values.LastState,
      limits: {
        operation: limit,
        advice: `More time can be given with --${OPTIONS.Timeout.name} (now ${limit / 1000} s).`,
        shutdown: values.StopTimeout * 1000,
      },
      spokenApi: values.SpokenApi === '' ? undefined : values.SpokenApi,
    };
  }

  save({ prepared, vmId, address, state, spokenApi }: HostChanges): void {
    this.#config.update({
      ...(prepared === undefined ? {} : preparedValues(prepared)),
      ...(vmId === undefined ? {} : { VMId: vmId }),
      ...(address === undefined ? {} : { IPAddress: address }),
      ...(state === undefined ? {} : { LastState: state }),
      ...(spokenApi === undefined ? {} : { SpokenApi: spokenApi }),
    });
  }

  async spec(): Promise<HostSpec> {
    const { values } = this.#config;
    const problem = machineNameProblem(values.MachineName);
    if (problem !== undefined) {
      const attempted = `prepare ${titleOf(values)}`;
      throw new OperationError({ code: 'invalid-input', attempted, problem });
    }
    return hostSpecOf(values, await userDataOf(values));
  }

  prepared(): PreparedHost | undefined {
    return preparedHostOf(this.#config.values);
  }
}

/** As errors call the machine, e.g. `machine "web-1"`. */
export function titleOf({ MachineName }: ConfigValues): string {
  return `machine "${MachineName}"`;
}

/** What PreCreateCheck fixed, as keys of config.json. */
function preparedValues({ creationToken, placement }: PreparedHost): Partial<ConfigValues> {
  return { CreationKey: creationToken, Placement: JSON.stringify(placement) };
}

/**
 * What an earlier PreCreateCheck fixed, from config.json; undefined when there was none or it is not as we
 * write it. Needed only when another process goes on with Create.
 */
function preparedHostOf({ CreationKey, Placement }: ConfigValues): PreparedHost | undefined {
  const placement = placementOf(JSON.parse(Placement));
  return CreationKey === '' || placement === undefined
    ? undefined
    : { creationToken: CreationKey, placement };
}

function placementOf(json: unknown): Placement | undefined {
  if (!isRecord(json)) return undefined;
  const { cluster, image, subnets, project, categories, gpus, storageContainers, warnings } = json;
  const containers = Array.isArray(storageContainers)
    ? storageContainers.map((entry: unknown) => entry ?? undefined)
    : undefined;
  const fits =
    isReference(cluster) &&
    isReference(image) &&
    isListOf(subnets, isReference) &&
    isOptional(project, isReference) &&
    isListOf(categories, isCategory) &&
    isListOf(gpus, isGpu) &&
    isListOf(containers, (entry): entry is Reference | undefined => isOptional(entry, isReference)) &&
    isListOf(warnings, (entry): entry is string => typeof entry === 'string');
  if (!fits) return undefined;
  return { cluster, image, subnets, project, categories, gpus, storageContainers: containers, warnings };
}

type Guard<T> = (value: unknown) => value is T;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, guard: Guard<T>): value is readonly T[] {
  return Array.isArray(value) && value.every(guard);
}

function isOptional<T>(value: unknown, guard: Guard<T>): value is T | undefined {
  return value === undefined || guard(value);
}

function hasTexts(value: unknown, ...keys: string[]): boolean {
  return isRecord(value) && keys.every((key) => typeof value[key] === 'string');
}

function isReference(value: unknown): value is Reference {
  return hasTexts(value, 'id', 'name');
}

function isCategory(value: unknown): value is Category {
  return hasTexts(value, 'key', 'value');
}

function isGpu(value: unknown): value is GpuChoice {
  return (
    hasTexts(value, 'name', 'vendor', 'mode') && isRecord(value) && typeof value['deviceId'] === 'number'
  );
}
