/** The code of a system error, e.g. ENOENT. By shape: an error may come from another realm. */
export function systemCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** True for a system error with one of these codes. */
export function hasSystemCode(thrown: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(thrown);
  return code !== undefined && codes.includes(code);
}
