import { z } from 'zod';
import { Refusal } from '../../core/refusal.js';
import type { TaskRecord } from '../../core/task-engine.js';

/** What a task of this API fails with: the recorded form of an AppMessage in a task (recorded-v4 C3 to D2). */
const failureShape = z.object({
  /** e.g. `VMM-30604`. */
  code: z.string(),
  /** e.g. `SUBNET_NOT_FOUND_ERROR`. */
  group: z.string(),
  message: z.string(),
  /** Values that the message was made with, all as texts. */
  arguments: z.record(z.string(), z.string()).readonly().default({}),
});

export type TaskFailure = z.infer<typeof failureShape>;

/** To be thrown by the work of a task. */
export function taskFailure(failure: z.input<typeof failureShape>): Refusal {
  return new Refusal({ code: 'interface-rule', words: { v4: failure }, message: failure.message });
}

/** Why a task has failed; without a code of this API where it was another interface's. */
export function failureOf({ failure }: TaskRecord): TaskFailure | { readonly message: string } | undefined {
  if (failure === undefined) return undefined;
  const { message } = failure;
  switch (failure.code) {
    case 'interface-rule':
      return failureShape.safeParse(failure.words['v4']).data ?? { message };
    case 'edit-conflict':
      return { code: 'VMM-30303', group: 'VM_ETAG_MISMATCH', message, arguments: {} };
    // A fault rule may give a code of this API, whose group it does not know.
    case 'injected-failure':
      return /^[A-Z]+-\d+$/.test(failure.errorCode)
        ? { code: failure.errorCode, group: 'INTERNAL_ERROR', message, arguments: {} }
        : { message };
    default:
      return { message };
  }
}
