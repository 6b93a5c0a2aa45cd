import type { CallContext } from '../../provider/index.js';
import {
  abortError,
  backoff,
  OperationError,
  poll,
  type Clock,
  type Pending,
  type PollOptions,
  type Probed,
} from '../../support/index.js';

/** Deletes that may be needed: one in conflict is repeated, and so is one that a late create overtook. */
const ROUNDS = 8;
/** Number of reads that may still show the VM after its delete has succeeded, before it is deleted again. */
const LAGGING_READS = 4;

/** What one delete came to. `missing`: there is no such VM. */
export type DeleteEnd =
  { readonly kind: 'deleted' | 'missing' } | { readonly kind: 'conflict'; readonly error: OperationError };

export interface Deletion {
  readonly attempted: string;
  /** For error texts: `host:port`. */
  readonly server: string;
  readonly clock: Clock;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** One delete to the end of its task. */
  readonly deleteOnce: () => Promise<DeleteEnd>;
  /** What a read shows now. */
  readonly look: () => Promise<'gone' | 'being deleted' | 'there'>;
  /** A VM that is missing may still be made by a create under way: waits for its end; true = look again. */
  readonly mayStillCome: () => Promise<boolean>;
}

/** Deletes one VM and resolves when it is truly gone; a VM that is not there is success. */
export async function deleteUntilGone(deletion: Deletion, context: CallContext): Promise<void> {
  const { attempted, deleteOnce, mayStillCome } = deletion;
  const round = async (number: number): Promise<Probed<void>> => {
    const result = await deleteOnce();
    const isDone =
      (result.kind === 'deleted' && (await isGone(deletion, context))) ||
      (result.kind === 'missing' && !(await mayStillCome()));
    if (isDone) return { ready: true, value: undefined };
    if (number === ROUNDS) throw result.kind === 'conflict' ? result.error : stillThere(attempted);
    return { ready: false };
  };
  await poll(round, pollOptions(deletion, context));
}

/** True when a read says so; waits as long as the VM shows that it is being deleted. */
async function isGone(deletion: Deletion, context: CallContext): Promise<boolean> {
  const probe = async (attempt: number): Promise<Probed<boolean>> => {
    const seen = await deletion.look();
    if (seen === 'gone') return { ready: true, value: true };
    return seen === 'there' && attempt >= LAGGING_READS ? { ready: true, value: false } : { ready: false };
  };
  return await poll(probe, pollOptions(deletion, context));
}

function pollOptions({ attempted, server, clock, random }: Deletion, { signal }: CallContext): PollOptions {
  const pending: Pending = {
    waitedFor: `${server} to have deleted it`,
    lastSeen: 'the VM is still there',
    advice: 'Look at the VM in Prism Central.',
  };
  return {
    clock,
    signal,
    delays: backoff({ first: 200, growth: 1.5, longest: 3_000, jitter: { share: 0.1, random } }),
    interrupted: () => abortError(signal, attempted, pending),
  };
}

function stillThere(attempted: string): OperationError {
  return new OperationError({
    code: 'conflict',
    attempted,
    problem: 'the VM is still there after every delete',
    advice: 'See the tasks of this VM in Prism Central.',
  });
}
