import { z } from 'zod';
import { lenient, reference } from '../schema.js';

/** A task: a flat object without envelope (reference 4.7). */
export const task = z.looseObject({
  uuid: lenient(z.string()),
  status: lenient(z.string()),
  percentage_complete: lenient(z.number()),
  operation_type: lenient(z.string()),
  entity_reference_list: lenient(z.array(reference)),
  error_code: lenient(z.string()),
  error_detail: lenient(z.string()),
});
export type Task = z.infer<typeof task>;

const TERMINAL = new Set(['SUCCEEDED', 'FAILED', 'ABORTED']);

export function isTerminal({ status }: Task): boolean {
  return status !== undefined && TERMINAL.has(status);
}
