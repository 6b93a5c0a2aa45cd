/** Reading of values that came out of YAML or JSON: the wrong type counts as absent. */
export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A list as it is; one value as a list of one; nothing as an empty list. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.map((item: unknown) => item);
  return value === undefined || value === null ? [] : [value];
}

export function texts(value: unknown): string[] {
  return list(value)
    .map(text)
    .filter((item) => item !== undefined);
}

/** YAML 1.1 as cloud-init reads it: yes, on and true are the same. */
export function truth(value: unknown, fallback: boolean): boolean {
  if (typeof value === 'boolean') return value;
  const word = text(value)?.toLowerCase();
  if (word === undefined) return fallback;
  return ['true', 'yes', 'on', '1'].includes(word);
}

/** The first of several spellings of a key that is present. */
export function pick(mapping: Mapping, ...keys: readonly string[]): unknown {
  const key = keys.find((candidate) => mapping[candidate] !== undefined && mapping[candidate] !== null);
  return key === undefined ? undefined : mapping[key];
}
