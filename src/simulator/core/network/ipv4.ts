/** Dotted quad to number. The schema has checked the form; anything else gives NaN. */
export function parseIpv4(text: string): number {
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

export function formatIpv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
