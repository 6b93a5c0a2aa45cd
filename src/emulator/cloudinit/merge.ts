import { isMapping, list, pick, text, type Mapping } from './narrow.js';

/** How a later cloud-config joins an earlier one: cloud-init's mergers by kind of value. */
interface Mergers {
  readonly dict: ReadonlySet<string>;
  readonly list: ReadonlySet<string>;
  readonly str: ReadonlySet<string>;
}

/** Later keys replace earlier ones, unless the later part says otherwise. */
const DEFAULT = 'dict(replace)+list()+str()';

/** The earlier configuration with the later one merged in, by the later one's `merge_how` if it has one. */
export function mergeConfigs(earlier: Mapping, later: Mapping, header: string | undefined): Mapping {
  const mergers = mergersOf(pick(later, 'merge_how', 'merge_type') ?? header);
  const settings = Object.entries(later).filter(([key]) => key !== 'merge_how' && key !== 'merge_type');
  return mergeMappings(earlier, Object.fromEntries(settings), mergers);
}

function mergersOf(value: unknown): Mergers {
  const written = typeof value === 'string' ? value : value === undefined ? DEFAULT : fromList(value);
  const options = (name: string) => {
    const found = new RegExp(`\\b${name}\\(([^)]*)\\)`).exec(written)?.[1] ?? '';
    return new Set(found.split(',').map((option) => option.trim()));
  };
  return { dict: options('dict'), list: options('list'), str: options('str') };
}

/** `[{name: list, settings: [append]}, …]` written as one text. */
function fromList(value: unknown): string {
  return list(value)
    .filter(isMapping)
    .map(({ name, settings }) => `${text(name) ?? ''}(${list(settings).map(text).join(',')})`)
    .join('+');
}

function mergeMappings(earlier: Mapping, later: Mapping, mergers: Mergers): Mapping {
  const merged: Record<string, unknown> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    merged[key] = key in earlier ? mergeValues(earlier[key], value, mergers) : value;
  }
  return merged;
}

function mergeValues(earlier: unknown, later: unknown, mergers: Mergers): unknown {
  if (mergers.dict.has('replace')) return later;
  if (isMapping(later) && isMapping(earlier)) return mergeMappings(earlier, later, mergers);
  const recurses = mergers.dict.has('recurse_array') || mergers.dict.has('recurse_list');
  if (Array.isArray(later) && Array.isArray(earlier) && recurses) return mergeLists(earlier, later, mergers);
  const joins = mergers.dict.has('recurse_str') && mergers.str.has('append');
  if (typeof later === 'string' && typeof earlier === 'string' && joins) return earlier + later;
  return earlier;
}

function mergeLists(
  earlier: readonly unknown[],
  later: readonly unknown[],
  mergers: Mergers,
): readonly unknown[] {
  if (mergers.list.has('append')) return [...earlier, ...later];
  if (mergers.list.has('prepend')) return [...later, ...earlier];
  // Place by place: the longer list's end stays.
  return mergers.list.has('no_replace')
    ? [...earlier, ...later.slice(earlier.length)]
    : [...later, ...earlier.slice(later.length)];
}
