/**
 * One option of the driver. From this object alone come the create flag, the parsing of what the client sends
 * back, the key in config.json, the check, `--help` and docs/options.md.
 */
interface OptionBase {
  /** Name of the create flag, without the dashes. */
  readonly name: `nutanix-${string}`;
  /** Environment variable that stands in when the flag is not on the command line: the name in capitals. */
  readonly env: `NUTANIX_${string}`;
  readonly group: OptionGroup;
  /** One sentence without a full stop: the client puts the default behind it. */
  readonly help: string;
  /** A credential: never shown, and left out of config.json when credentials are not to be stored. */
  readonly secret?: boolean | undefined;
  /** Empty is a mistake. */
  readonly required?: boolean | undefined;
  /**
   * The variable says something of the one command that has it, and is never stored with a machine. Clients mix the variables
   * that they know into what was given by flag, so they are not told of this one.
   */
  readonly isVariablePassing?: boolean | undefined;
  /** Version of the driver that brought it; `official` = taken over from nutanix/docker-machine v3.9. */
  readonly since: string;
}

export interface StringOption extends OptionBase {
  readonly kind: 'string';
  readonly fallback: string;
  /** What is wrong with a value that is not empty, e.g. `must be yes or no`; undefined = nothing. */
  readonly check?: ((value: string) => string | undefined) | undefined;
}

export interface IntOption extends OptionBase {
  readonly kind: 'int';
  readonly fallback: number;
  readonly check?: ((value: number) => string | undefined) | undefined;
}

/** libmachine's BoolFlag cannot be on by default; such an option is a string, `true` or `false`. */
export interface BoolOption extends OptionBase {
  readonly kind: 'bool';
  readonly fallback: false;
}

/** May be given several times. In the environment variable the values are separated by commas. */
export interface SliceOption extends OptionBase {
  readonly kind: 'slice';
  readonly fallback: readonly string[];
  readonly check?: ((values: readonly string[]) => string | undefined) | undefined;
}

export type Option = StringOption | IntOption | BoolOption | SliceOption;

export const OPTION_GROUPS = [
  'Prism Central',
  'Virtual machine',
  'Disks',
  'Network',
  'Guest',
  'Behaviour',
] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** The type of an option's value. */
export type ValueOf<O> = O extends { readonly kind: 'string' }
  ? string
  : O extends { readonly kind: 'int' }
    ? number
    : O extends { readonly kind: 'bool' }
      ? boolean
      : readonly string[];

type Fields<O extends Option, Optional extends keyof O> = Omit<
  O,
  'kind' | 'env' | 'group' | 'since' | Optional
> &
  Partial<Pick<O, Optional | 'since'>>;

/** Version that brought what was not taken over. */
export const FIRST_VERSION = '0.1.0';

/** What declares the options of one group. */
export interface OptionDeclarations {
  string(fields: Fields<StringOption, 'fallback'>): StringOption;
  int(fields: Fields<IntOption, 'fallback'>): IntOption;
  bool(fields: Fields<BoolOption, 'fallback'>): BoolOption;
  slice(fields: Fields<SliceOption, 'fallback'>): SliceOption;
}

/** @param since the version of those options that do not say their own */
export function optionsIn(group: OptionGroup, since = FIRST_VERSION): OptionDeclarations {
  const shared = ({ name }: Pick<OptionBase, 'name'>): Pick<OptionBase, 'env' | 'group' | 'since'> => ({
    env: variableOf(name),
    group,
    since,
  });
  return {
    string: (fields) => ({ kind: 'string', fallback: '', ...shared(fields), ...fields }),
    int: (fields) => ({ kind: 'int', fallback: 0, ...shared(fields), ...fields }),
    bool: (fields) => ({ kind: 'bool', fallback: false, ...shared(fields), ...fields }),
    slice: (fields) => ({ kind: 'slice', fallback: [], ...shared(fields), ...fields }),
  };
}

/** `nutanix-vm-mem` -> `NUTANIX_VM_MEM`. */
function variableOf(name: OptionBase['name']): OptionBase['env'] {
  return `NUTANIX_${name.slice('nutanix-'.length).toUpperCase().replaceAll('-', '_')}`;
}
