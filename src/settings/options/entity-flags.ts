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
