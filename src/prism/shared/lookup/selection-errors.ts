import { OperationError } from '../../../support/index.js';
import { nearestNames } from './nearest-names.js';

/** One entity that a name may mean. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  /** What tells it from others of its name, e.g. its cluster. */
  readonly note?: string | undefined;
}

const SHOWN = 5;

/** "subnet" or "storage container", and what the user wrote. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
}

export function lookingUp({ kind, name }: Wanted): string {
  return `look up ${kind} "${name}"`;
}

export function notFound(wanted: Wanted, visibleNames: readonly string[], why = ''): OperationError {
  const problem = `there is no ${wanted.kind} of that name or UUID${why}`;
  return new OperationError({
    code: 'not-found',
    attempted: lookingUp(wanted),
    concerns: wanted,
    problem,
    advice: adviceFor(wanted, visibleNames),
  });
}

function adviceFor({ kind, name }: Wanted, visible: readonly string[]): string {
  if (visible.length === 0) {
    return `This account sees no ${kind} at all: check its role, for Prism Central hides what an account may not see.`;
  }
  const near = nearestNames(name, visible, SHOWN).map((one) => `"${one}"`);
  const others = visible.length - near.length;
  const more = others > 0 ? ` and ${others} more` : '';
  return `This account sees ${near.join(', ')}${more}.`;
}

export function ambiguous(wanted: Wanted, candidates: readonly Candidate[]): OperationError {
  const shown = candidates
    .slice(0, SHOWN)
    .map(({ id, note }) => (note === undefined ? id : `${id} (${note})`));
  const more = candidates.length > SHOWN ? ` and ${candidates.length - SHOWN} more` : '';
  return new OperationError({
    code: 'ambiguous',
    attempted: lookingUp(wanted),
    concerns: wanted,
    problem: `the name fits ${candidates.length}: ${shown.join(', ')}${more}`,
    advice: 'Give the UUID instead of the name.',
  });
}

/** Something was found and cannot be used. */
export function unusable(wanted: Wanted, problem: string, advice?: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: lookingUp(wanted),
    concerns: wanted,
    problem,
    advice,
  });
}
