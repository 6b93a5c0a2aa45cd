const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `1.5h`, `2d` or `0` in ms; undefined = not understood. */
export function parseAge(text: string): number | undefined {
  const [, digits = '', unit = 's'] =
    /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d)$/.exec(text) ?? /^(0)$/.exec(text) ?? [];
  if (digits === '') return undefined;
  return Number(digits) * (unit === 'm' || unit === 'h' || unit === 'd' ? UNITS[unit] : UNITS.s);
}

/** Rounded down, in words: `12 min`, `3 h`, `5 days`. */
export function spokenAge(ms: number): string {
  if (ms < UNITS.m) return `${Math.max(Math.floor(ms / UNITS.s), 0)} s`;
  if (ms < 2 * UNITS.h) return `${Math.floor(ms / UNITS.m)} min`;
  if (ms < 2 * UNITS.d) return `${Math.floor(ms / UNITS.h)} h`;
  return `${Math.floor(ms / UNITS.d)} days`;
}
