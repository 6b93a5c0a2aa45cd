import type { CallContext } from '../../provider/index.js';
import {
  abortError,
  backoff,
  OperationError,
  poll,
  type Pending,
  type PollOptions,
  type Probed,
} from '../../support/index.js';
import type { HttpClient } from '../http/index.js';
import type { ApiParts } from './api-version.js';

/** Deletes that may be needed: one in conflict is repeated, and so is one that a late create overtook. */
const ROUNDS = 8;
/** Number of reads that may still show the VM after its delete has succeeded, before it is deleted again. */
const LAGGING_READS = 4;

/** What one delete came to. `missing`: there is no such VM. */
export type DeleteEnd =
  { readonly kind: 'deleted' | 'missing' } | { readonly kind: 'conflict'; readonly error: OperationError };

/** What deletes a VM, and sees what came of it, in one API. */
interface Deletion<B extends Backend> {
  readonly backend: B;
  readonly vm: { readonly id: string; readonly name: string };
  /** One delete to the end of its task. */
  readonly deleteOnce: DeleteStep<B, DeleteEnd>;
  /** What a read shows now. */
  readonly probe: DeleteStep<B, 'gone' | 'being deleted' | 'there'>;
  /** A VM that is missing may still be made by a create under way: waits for its end; true = probe again. Absent = never. */
  readonly mayStillCome?: ((attempted: string) => Promise<boolean>) | undefined;
}

type DeleteStep<B, R> = (backend: B, id: string, attempted: string, context: CallContext) => Promise<R>;

interface Backend extends Pick<ApiParts, 'clock' | 'random'> {
  readonly api: Pick<HttpClient, 'server'>;
}

/** Deletes one VM and resolves when it is truly gone; a VM that is not there is success. */
export async function deleteUntilGone<B extends Backend>(
  { backend, vm, deleteOnce, probe, mayStillCome }: Deletion<B>,
  context: CallContext,
): Promise<void> {
  const attempted = `delete VM "${vm.name}" (${vm.id})`;
  const round = async (number: number): Promise<Probed<void>> => {
    const result = await deleteOnce(backend, vm.id, attempted, context);
    const isDone =
      (result.kind === 'deleted' && (await isGone())) ||
      (result.kind === 'missing' && (await mayStillCome?.(attempted)) !== true);
    if (isDone) return { ready: true, value: undefined };
    if (number === ROUNDS) throw result.kind === 'conflict' ? result.error : stillThere(attempted);
    return { ready: false };
  };
  /** True when a read says so; waits as long as the VM shows that it is being deleted. */
  const isGone = async (): Promise<boolean> => await poll(gone, pollOptions(backend, attempted, context));
  const gone = async (number: number): Promise<Probed<boolean>> => {
    const seen = await probe(backend, vm.id, attempted, context);
    if (seen === 'gone') return { ready: true, value: true };
    return seen === 'there' && number >= LAGGING_READS ? { ready: true, value: false } : { ready: false };
  };
  await poll(round, pollOptions(backend, attempted, context));
}

function pollOptions(
  { api, clock, random }: Backend,
  attempted: string,
  { signal }: CallContext,
): PollOptions {
  const pending: Pending = {
    waitedFor: `${api.server} to have deleted it`,
    lastSeen: 'the VM is still there',
    advice: 'Look at the VM in Prism Central.',
  };
  return {
    clock,
    signal,
    delays: backoff({ first: 100, growth: 1.5, longest: 3_000, jitter: { share: 0.1, random } }),
    interrupted: () => abortError(signal, attempted, pending),
  };
}

function stillThere(attempted: string): OperationError {
  const problem = 'the VM is still there after every delete';
  const advice = 'See the tasks of this VM in Prism Central.';
  return new OperationError({ code: 'conflict', attempted, problem, advice });
}
