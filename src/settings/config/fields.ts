import { OPTIONS } from '../options/index.js';
import type { ValueOf } from '../options/index.js';

/** A key of config.json that no flag sets. `json` values are kept as their JSON text. */
type Field =
  | { readonly kind: 'string' | 'json'; readonly fallback: string }
  | { readonly kind: 'int'; readonly fallback: number }
  | { readonly kind: 'bool'; readonly fallback: false };

const text: Field & { kind: 'string' } = { kind: 'string', fallback: '' };
const off: Field & { kind: 'bool' } = { kind: 'bool', fallback: false };
const json: Field & { kind: 'json' } = { kind: 'json', fallback: 'null' };

/** Keys of libmachine's own, beside SSHUser and SSHPort, which flags of ours set. */
const BASE_FIELDS = {
  IPAddress: text,
  MachineName: text,
  SSHKeyPath: text,
  StorePath: text,
  SwarmMaster: off,
  SwarmHost: text,
  SwarmDiscovery: text,
} as const;

/** Keys of the official driver that it has no flag for. SSHPass and SessionAuth are only carried along. */
const OFFICIAL_FIELDS = { VMId: text, SSHPass: text, SessionAuth: off } as const;

/** What our PreCreateCheck fixes, what was last seen, and which API Prism Central has. */
const OWN_FIELDS = { CreationKey: text, Placement: json, LastState: text, SpokenApi: text } as const;

/** Every key of config.json that the driver knows, in the order in which it is written. */
export const FIELDS = { ...BASE_FIELDS, ...OPTIONS, ...OFFICIAL_FIELDS, ...OWN_FIELDS } as const;

export type FieldKey = keyof typeof FIELDS;
type KeyedValue<F> = F extends { readonly kind: 'json' } ? string : ValueOf<F>;

/** The machine's configuration, typed. */
export type ConfigValues = { readonly [Key in FieldKey]: KeyedValue<(typeof FIELDS)[Key]> };
export type FieldValue = string | number | boolean | readonly string[];

export function isFieldKey(key: string): key is FieldKey {
  return Object.hasOwn(FIELDS, key);
}

export const FIELD_KEYS: readonly FieldKey[] = Object.keys(FIELDS).filter(isFieldKey);

/** True when the record has a value of the right kind for every key. */
export function areConfigValues(record: Readonly<Record<string, FieldValue>>): record is ConfigValues {
  return FIELD_KEYS.every((key) => {
    const value = record[key];
    switch (FIELDS[key].kind) {
      case 'string':
      case 'json':
        return typeof value === 'string';
      case 'int':
        return typeof value === 'number';
      case 'bool':
        return typeof value === 'boolean';
      case 'slice':
        return Array.isArray(value);
    }
  });
}
