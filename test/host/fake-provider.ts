import type {
  CallContext,
  CreationToken,
  Placement,
  PlacementRequest,
  Provider,
  Vm,
  VmId,
  VmSpec,
  VmIdentity,
} from '../../src/provider/index.js';
import { OperationError } from '../../src/support/index.js';

type Method = Exclude<keyof Provider, 'longestUserData' | 'close'>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A VM of the fake cloud: what the port shows, and what was asked for. */
export interface FakeVm extends Writable<Vm> {
  readonly spec: VmSpec;
  readonly creationToken: CreationToken;
}

/**
 * A cloud in memory that keeps the promises of the port. Each method may be told to fail before or after it
 * has done its work, or to do something else first; calls are listed.
 */
export class FakeProvider implements Provider {
  longestUserData: number | undefined;
  readonly vms = new Map<VmId, FakeVm>();
  /** Identities that were issued and neither used nor given back. */
  readonly reservations = new Set<CreationToken>();
  readonly calls: string[] = [];
  /** What `resolve` warns of. */
  warnings: readonly string[] = [];
  /** Addresses of the NIC of a VM that is on. */
  nics: Vm['nics'] = [{ subnet: 'lan', addresses: [{ ip: '127.0.0.1', source: 'assigned' }] }];
  /** What a guest does when it is asked to shut down or to restart. */
  onShutdown: (vm: FakeVm) => void = (vm) => (vm.power = 'off');
  onReboot: (vm: FakeVm) => void | Promise<void> = () => undefined;

  readonly #before = new Map<Method, (context: CallContext) => void | Promise<void>>();
  readonly #after = new Map<Method, (context: CallContext) => void | Promise<void>>();
  #counter = 0;

  /** Runs `act` when the method begins: it has had no effect yet. */
  before(method: Method, act: (context: CallContext) => void | Promise<void>): this {
    this.#before.set(method, act);
    return this;
  }

  /** Runs `act` when the method has had its effect, before it resolves. */
  after(method: Method, act: (context: CallContext) => void | Promise<void>): this {
    this.#after.set(method, act);
    return this;
  }

  async resolve(request: PlacementRequest, context: CallContext): Promise<Placement> {
    return await this.#call('resolve', context, () => ({
      cluster: { id: 'cluster-1', name: request.cluster },
      image: { id: 'image-1', name: request.image },
      subnets: request.subnets.map((name) => ({ id: `subnet-${name}`, name })),
      categories: request.categories,
      gpus: [],
      storageContainers: request.storageContainers.map(() => undefined),
      warnings: this.warnings,
    }));
  }

  async issueCreationToken(name: string, context: CallContext): Promise<CreationToken> {
    return await this.#call('issueCreationToken', context, () => {
      const key = `key-${(this.#counter += 1)}-${name}`;
      this.reservations.add(key);
      return key;
    });
  }

  async create(token: CreationToken, spec: VmSpec, context: CallContext): Promise<VmId> {
    return await this.#call('create', context, () => {
      const existing = [...this.vms.values()].find((vm) => vm.creationToken === token);
      if (existing !== undefined) return existing.id;
      this.reservations.delete(token);
      const vm = {
        id: `vm-of-${token}`,
        name: spec.name,
        lifecycle: 'ready',
        power: 'on',
        nics: this.nics,
        size: { ...spec, disks: [{ bus: 'scsi', sizeGiB: spec.systemDiskGiB }, ...spec.disks] },
      } as const;
      this.vms.set(vm.id, { ...vm, spec, creationToken: token });
      return vm.id;
    });
  }

  async find(identity: VmIdentity, context: CallContext): Promise<Vm | undefined> {
    return await this.#call('find', context, () => {
      const vm = this.#traced(identity);
      return vm === undefined ? undefined : { ...vm, nics: vm.power === 'on' ? this.nics : [] };
    });
  }

  async powerOn(id: VmId, context: CallContext): Promise<void> {
    await this.#call('powerOn', context, () => (this.#vm(id).power = 'on'));
  }

  async requestShutdown(id: VmId, context: CallContext): Promise<void> {
    await this.#call('requestShutdown', context, () => this.onShutdown(this.#vm(id)));
  }

  async requestReboot(id: VmId, context: CallContext): Promise<void> {
    await this.#call('requestReboot', context, async () => await this.onReboot(this.#vm(id)));
  }

  async powerOff(id: VmId, context: CallContext): Promise<void> {
    await this.#call('powerOff', context, () => (this.#vm(id).power = 'off'));
  }

  async reset(id: VmId, context: CallContext): Promise<void> {
    await this.#call('reset', context, () => this.#vm(id));
  }

  async remove(identity: VmIdentity, context: CallContext): Promise<void> {
    await this.#call('remove', context, () => {
      const vm = this.#traced(identity);
      if (vm !== undefined) this.vms.delete(vm.id);
      if (identity.creationToken !== undefined) this.reservations.delete(identity.creationToken);
    });
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  async #call<T>(method: Method, context: CallContext, effect: () => T | Promise<T>): Promise<T> {
    this.calls.push(method);
    context.signal.throwIfAborted();
    await this.#before.get(method)?.(context);
    context.signal.throwIfAborted();
    const result = await effect();
    await this.#after.get(method)?.(context);
    // An identity that was issued is either returned or given back by the cloud itself.
    if (method !== 'issueCreationToken') context.signal.throwIfAborted();
    return result;
  }

  #traced({ vmId, creationToken }: VmIdentity): FakeVm | undefined {
    return [...this.vms.values()].find((vm) => vm.id === vmId || vm.creationToken === creationToken);
  }

  #vm(id: VmId): FakeVm {
    const vm = this.vms.get(id);
    if (vm !== undefined) return vm;
    throw new OperationError({ code: 'not-found', attempted: `find VM ${id}`, problem: 'ENTITY_NOT_FOUND' });
  }
}

/** Resolves never; rejects with the signal's reason. For calls that hang. */
export async function hang({ signal }: CallContext): Promise<void> {
  await new Promise((_resolve, reject) => {
    const fail = (): void => reject(OperationError.from(signal.reason, 'hang'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}
