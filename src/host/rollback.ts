import type { CallContext } from '../provider/index.js';
import { OperationError, deadlineAfter, hasCode } from '../support/index.js';
import type { HostDependencies, HostSpec } from './host-spec.js';
import { CLEANUP_TIME } from './rules/index.js';

/** How one thing that was made is removed when a later step fails. */
export interface RollbackStep {
  /** The thing, as in "remove …". */
  readonly made: string;
  /** A thing that does not exist (any more) is success. */
  readonly rollBack: (context: CallContext) => Promise<void>;
}

/** Removes what an operation has made when a later step of it fails. */
export class Rollback {
  readonly #entries: RollbackStep[] = [];

  /** To be called before the thing is made, because a step that fails may leave something too. */
  add(entry: RollbackStep): void {
    this.#entries.push(entry);
  }

  /** Removes everything, the last thing first. A failure does not stop the other removals; all failures are returned. */
  async run(context: CallContext): Promise<readonly OperationError[]> {
    const failures: OperationError[] = [];
    for (const { made, rollBack } of this.#entries.splice(0).reverse()) {
      try {
        await rollBack(context);
      } catch (error) {
        failures.push(OperationError.from(error, `remove ${made}`));
      }
    }
    return failures;
  }
}

/**
 * Rolls back what a failed Create made and returns the error to report: always the first one, with a sentence
 * on what is left, if anything is.
 */
export async function cleanUpAfter(
  thrown: unknown,
  rollback: Rollback,
  deps: HostDependencies,
  spec: HostSpec,
  context: CallContext,
): Promise<OperationError> {
  const first = OperationError.from(thrown, `create host "${spec.name}"`);
  if (spec.keepOnError) {
    return withNote(first, `What was made is kept for a look; "rm ${spec.name}" removes it.`);
  }
  context.progress(
    `creating host "${spec.name}" ${hasCode(first, 'cancelled') ? 'was stopped' : 'failed'}; removing what was made`,
  );
  const limit = deps.cleanupTimeout ?? CLEANUP_TIME;
  const deadline = deadlineAfter(limit, `remove what is left of host "${spec.name}"`);
  try {
    const left = await rollback.run({ signal: deadline.signal, progress: context.progress });
    if (left.length === 0) return first;
    // What is to be done about both is said once.
    const problems = left.map((failure) => {
      const isSaid = failure.advice !== undefined && failure.advice === first.advice;
      return sentence((isSaid ? failure.with({ advice: undefined }) : failure).message);
    });
    return withNote(
      first,
      `Cleaning up failed too: ${problems.join(' ')} Remove host "${spec.name}" to try that again.`,
    );
  } finally {
    deadline.clear();
  }
}

function withNote(error: OperationError, note: string): OperationError {
  const { code, attempted, problem, taskId } = error;
  const advice = error.advice === undefined ? note : `${error.advice} ${note}`;
  return new OperationError({ code, attempted, problem, advice, taskId, cause: error });
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
