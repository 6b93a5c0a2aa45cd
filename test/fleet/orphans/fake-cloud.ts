import { once } from 'node:events';
import type { CallContext, Inventory, OwnedVm, Provider, VmIdentity } from '../../../src/provider/index.js';

/** VMs that can be listed, looked at and removed; each call is kept in `calls`. */
export class FakeCloud implements Inventory, Pick<Provider, 'remove' | 'close'> {
  readonly calls: string[] = [];
  /** Called before each answer; may change the VMs, fail, or wait. */
  before: (call: string, context: CallContext) => Promise<void> | void = () => undefined;
  /** Removals under way, now and at most. */
  readonly removals = { now: 0, most: 0 };

  constructor(public vms: readonly OwnedVm[]) {}

  async listOwned(_prefix: string | undefined, context: CallContext): Promise<readonly OwnedVm[]> {
    await this.#called('list', context);
    return this.vms;
  }

  async readOwned(id: string, context: CallContext): Promise<OwnedVm | undefined> {
    await this.#called(`read ${id}`, context);
    return this.vms.find((vm) => vm.id === id);
  }

  async remove({ vmId = '', creationToken = '' }: VmIdentity, context: CallContext): Promise<void> {
    this.removals.now += 1;
    this.removals.most = Math.max(this.removals.most, this.removals.now);
    try {
      await this.#called(`remove ${vmId} ${creationToken}`, context);
      this.vms = this.vms.filter(({ id }) => id !== vmId);
    } finally {
      this.removals.now -= 1;
    }
  }

  async close(): Promise<void> {
    this.calls.push('close');
    await Promise.resolve();
  }

  removed(): string[] {
    return this.calls.filter((call) => call.startsWith('remove')).sort();
  }

  async #called(call: string, context: CallContext): Promise<void> {
    this.calls.push(call);
    await this.before(call, context);
    context.signal.throwIfAborted();
  }
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
