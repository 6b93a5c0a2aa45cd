import type { Option } from './option.js';
import { OPTION_LIST, OPTIONS } from './table.js';

/** A field that Rancher makes of a flag. */
export interface RancherField {
  /** In Rancher's API, its forms and Terraform. */
  readonly name: string;
  readonly flag: string;
  /** Rancher's own types; whole numbers are texts there. */
  readonly type: 'string' | 'boolean' | 'array[string]';
  readonly isNumber: boolean;
  readonly required: boolean;
  /** Empty = none. */
  readonly default: string;
  readonly group: string;
  readonly description: string;
  /** Part of the cloud credential: shown, or kept secret; null = a setting of the pool. */
  readonly credential: 'public' | 'private' | null;
}

/** Shown fields of the cloud credential: where Prism Central is and who signs in. */
const PUBLIC: readonly Option[] = [OPTIONS.Endpoint, OPTIONS.Port, OPTIONS.Username];

/** Every flag as Rancher shows it: the name behind the driver's, in camel case. */
export function rancherFields(): readonly RancherField[] {
  return OPTION_LIST.map((option) => ({
    name: fieldName(option.name),
    flag: `--${option.name}`,
    type: ({ string: 'string', int: 'string', bool: 'boolean', slice: 'array[string]' } as const)[
      option.kind
    ],
    isNumber: option.kind === 'int',
    required: option.required === true,
    default: option.kind === 'slice' || option.kind === 'bool' ? '' : String(option.fallback),
    group: option.group,
    description: option.help,
    credential: option.secret === true ? 'private' : PUBLIC.includes(option) ? 'public' : null,
  }));
}

function fieldName(flag: string): string {
  return flag.slice('nutanix-'.length).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
