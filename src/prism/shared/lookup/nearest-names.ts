import { distance } from 'fastest-levenshtein';

/** Of `names`, at most `count` different ones, those most like `wanted` first. */
export function nearestNames(wanted: string, names: readonly string[], count: number): readonly string[] {
  const ranked = [...new Set(names)].map((name) => ({ name, unlike: unlikeness(wanted, name) }));
  ranked.sort((a, b) => a.unlike - b.unlike || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}

function unlikeness(wanted: string, name: string): number {
  const a = wanted.toLowerCase().trim();
  const b = name.toLowerCase().trim();
  if (a === b) return 0;
  if (a !== '' && b !== '' && (a.includes(b) || b.includes(a))) return 1;
  return 1 + distance(a.slice(0, 64), b.slice(0, 64));
}
