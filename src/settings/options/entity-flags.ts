import { OperationError } from '../../support/index.js';
import { OPTIONS, type OptionKey } from './table.js';

/** By the kind of an entity, as errors call it: the options that name one. */
const OPTIONS_OF_KIND = {
  'Prism Central': ['Endpoint'],
  cluster: ['Cluster'],
  image: ['Image'],
  subnet: ['Subnet'],
  project: ['Project'],
  category: ['Categories'],
  GPU: ['GPUs'],
  'storage container': ['StorageContainer', 'Disks'],
} as const satisfies Readonly<Record<string, readonly OptionKey[]>>;

/** An option that names an entity, and its key in config.json. */
export interface NamingOption {
  readonly key: OptionKey;
  readonly name: string;
  readonly env: string;
}

/** The options that name an entity of this kind, the likelier first; none when no option names one. */
export function optionsNaming(kind: string): readonly NamingOption[] {
  const keys = new Map<string, readonly OptionKey[]>(Object.entries(OPTIONS_OF_KIND)).get(kind) ?? [];
  return keys.map((key) => ({ key, name: OPTIONS[key].name, env: OPTIONS[key].env }));
}

/** Whether the value of such an option has this name in it: as a whole, in a list, or as the container of a disk. */
export function namesEntity(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((one) => namesEntity(one, name));
  return typeof value === 'string' && (value === name || value.split(',').includes(`container=${name}`));
}

/** Values of options by their keys; others may be among them. */
type OptionTexts = Readonly<Partial<Record<OptionKey, unknown>>>;

/**
 * An error's text with the flag behind the name of the entity that it is about, e.g. `look up image "deb"
 * (--nutanix-vm-image): …`. Of several errors in one, each has its own. Where more than one flag may name the
 * entity, those whose values do; when none does, the likelier one.
 */
export function flaggedText(error: OperationError, values: OptionTexts): string {
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
