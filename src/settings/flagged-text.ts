import { OperationError } from '../support/index.js';
import type { ConfigValues } from './config/index.js';
import { namesEntity, optionsNaming } from './options/index.js';

/**
 * An error's text with the flag behind the name of the entity that it is about, e.g. `look up image "deb"
 * (--nutanix-vm-image): …`. Of several errors in one, each has its own. Where more than one flag may name the
 * entity, those whose values do; when none does, the likelier one.
 */
export function flaggedText(error: OperationError, values: Partial<ConfigValues>): string {
  const { cause, concerns, message } = error;
  if (cause instanceof AggregateError) {
    return cause.errors
      .filter((one) => one instanceof OperationError)
      .reduce((text, one) => text.replace(one.message, () => flaggedText(one, values)), message);
  }
  if (concerns === undefined) return message;
  const options = optionsNaming(concerns.kind);
  const naming = options.filter(({ key }) => namesEntity(values[key], concerns.name));
  const flags = (naming.length > 0 ? naming : options.slice(0, 1)).map(({ name }) => `--${name}`);
  if (flags.length === 0) return message;
  return error.with({ attempted: `${error.attempted} (${flags.join(', ')})` }).message;
}
