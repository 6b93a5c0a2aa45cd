import type {
  AddressPreference,
  HostLifecycle,
  HostObservation,
  HostSpec,
  HostState,
  PreparedHost,
} from '../../src/host/index.js';
import type { CallContext, Placement, VmIdentity } from '../../src/provider/index.js';

const NOWHERE = { id: 'id', name: 'name' };
export const PLACEMENT: Placement = {
  cluster: NOWHERE,
  image: NOWHERE,
  subnets: [NOWHERE],
  categories: [{ key: 'k', value: 'v' }],
  gpus: [{ name: 'g', vendor: 'v', mode: 'm', deviceId: 7 }],
  storageContainers: [undefined, NOWHERE],
  warnings: ['a warning'],
};
export const PREPARED: PreparedHost = { placement: PLACEMENT, creationToken: 'key-1' };

/** A lifecycle without a cloud: remembers its calls and does what a test tells it. */
export class FakeHosts implements HostLifecycle {
  readonly calls: { readonly method: string; readonly identity?: VmIdentity; readonly given?: unknown }[] =
    [];
  /** What a method does instead of succeeding at once. */
  readonly acts: Partial<Record<keyof HostLifecycle, (context: CallContext) => Promise<unknown>>> = {};
  hostState: HostState = 'running';
  /** The addresses that the cloud lists: the known one stays, or else the first one is taken. */
  addresses: readonly string[] = ['192.0.2.10'];

  get methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  async check(spec: HostSpec, context: CallContext): Promise<Placement> {
    await this.#act('check', { given: spec }, context);
    return PLACEMENT;
  }

  async waitUntilReady(spec: HostSpec, identity: VmIdentity, context: CallContext): Promise<string> {
    await this.#act('waitUntilReady', { identity, given: spec }, context);
    return this.addresses[0] ?? '';
  }

  async prepare(spec: HostSpec, context: CallContext): Promise<PreparedHost> {
    await this.#act('prepare', { given: spec }, context);
    return PREPARED;
  }

  async create(spec: HostSpec, prepared: PreparedHost, context: CallContext) {
    await this.#act('create', { given: { spec, prepared } }, context);
    this.hostState = 'running';
    return { vmId: 'vm-1', address: this.addresses[0] ?? '' };
  }

  async start(identity: VmIdentity, given: unknown, context: CallContext): Promise<string> {
    await this.#act('start', { identity, given }, context);
    this.hostState = 'running';
    return this.addresses[0] ?? '';
  }

  async stop(identity: VmIdentity, given: unknown, context: CallContext): Promise<void> {
    await this.#act('stop', { identity, given }, context);
    this.hostState = 'stopped';
  }

  async kill(identity: VmIdentity, context: CallContext): Promise<void> {
    await this.#act('kill', { identity }, context);
    this.hostState = 'stopped';
  }

  async restart(identity: VmIdentity, given: unknown, context: CallContext): Promise<string> {
    await this.#act('restart', { identity, given }, context);
    return this.addresses[0] ?? '';
  }

  async remove(identity: VmIdentity, context: CallContext): Promise<void> {
    await this.#act('remove', { identity }, context);
    this.hostState = 'not-found';
  }

  async observe(
    identity: VmIdentity,
    given: AddressPreference,
    context: CallContext,
  ): Promise<HostObservation> {
    await this.#act('observe', { identity, given }, context);
    const kept = this.addresses.find((address) => address === given.knownAddress);
    const address = this.hostState === 'running' ? (kept ?? this.addresses[0]) : undefined;
    return { state: this.hostState, address };
  }

  async #act(
    method: keyof HostLifecycle,
    call: { readonly identity?: VmIdentity; readonly given?: unknown },
    context: CallContext,
  ): Promise<void> {
    this.calls.push({ method, ...call });
    await this.acts[method]?.(context);
  }
}

/** Resolves when the signal is aborted. */
export function aborted({ signal }: CallContext): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
