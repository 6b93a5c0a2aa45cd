import { OperationError } from '../../support/index.js';
import type { LeaseNote } from './lease-note.js';

export function takingLease(group: string): string {
  return `take group "${group}" for this runner`;
}

const ADVICE =
  'A group belongs to one runner: stop the other one, or give this group another name in plugin_config. A runner that ' +
  'is stopped gives its group back at once.';

/** The group is another process's. */
export function heldBy(group: string, note: LeaseNote, attempted = takingLease(group)): OperationError {
  return new OperationError({ code: 'conflict', attempted, problem: problemOf(note), advice: ADVICE });
}

function problemOf(note: LeaseNote): string {
  switch (note.kind) {
    case 'held':
      return `${note.by} has it since ${note.since}`;
    case 'challenged':
      return `${note.by} is taking it since ${note.since}`;
    case 'free':
    case 'unknown':
      return 'another process takes it at the same time';
  }
}
