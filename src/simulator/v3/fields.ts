/** A shallow copy without some fields, which must be optional ones in T. */
export function without<T extends object>(record: T, ...fields: string[]): T {
  const copy = { ...record };
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
}

/** The fields of what may be an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
