import { OperationError } from '../../support/index.js';
import type { MachineContext } from './machine-context.js';

/** There is no VM (any more) that belongs to the machine. Clients look for the words `not found`. */
export function vmNotFound(
  machine: Pick<MachineContext, 'attempt' | 'values'>,
  verb: string,
): OperationError {
  const { MachineName: name, VMId } = machine.values;
  const [why, advice] =
    VMId === ''
      ? [
          ': its create failed or was interrupted',
          `Remove what is left of it here (rm ${name}), and create it again.`,
        ]
      : ['', 'If it was deleted there, remove the machine here too.'];
  const problem = `its VM was not found in Prism Central${why}`;
  return new OperationError({ code: 'not-found', attempted: machine.attempt(verb), problem, advice });
}
