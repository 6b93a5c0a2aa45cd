/** Of `names`, at most `count` different ones, those most like `wanted` first. */
export function nearestNames(wanted: string, names: readonly string[], count: number): readonly string[] {
  const ranked = [...new Set(names)].map((name) => ({ name, distance: unlikeness(wanted, name) }));
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}

function unlikeness(wanted: string, name: string): number {
  const a = wanted.toLowerCase().trim();
  const b = name.toLowerCase().trim();
  if (a === b) return 0;
  if (a !== '' && b !== '' && (a.includes(b) || b.includes(a))) return 1;
  return 1 + editDistance(a.slice(0, 64), b.slice(0, 64));
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
