/**
 * Names as a declaration would write them, three or more that count up in one pattern:
 * dce-1, dce-2, dce-3, agent-1 → `dce-{1..3}, agent-1`. In the given order.
 */
export function spokenHosts(names: readonly string[]): string {
  const runs: Counted[][] = [];
  for (const name of names) {
    const counted = countedOf(name);
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && follows(last, counted)) run.push(counted);
    else runs.push([counted]);
  }
  return runs.flatMap(runText).join(', ');
}

interface Counted {
  readonly name: string;
  readonly stem: string;
  /** The digits at its end; empty = it does not count. */
  readonly digits: string;
}

function countedOf(name: string): Counted {
  const [, stem = name, digits = ''] = /^(.*?)(\d{1,4})$/.exec(name) ?? [];
  return { name, stem, digits };
}

function follows(last: Counted, next: Counted): boolean {
  if (last.digits === '' || next.digits === '' || last.stem !== next.stem) return false;
  const width = last.digits.startsWith('0') ? last.digits.length : 0;
  return next.digits === String(Number(last.digits) + 1).padStart(width, '0');
}

function runText(run: readonly Counted[]): readonly string[] {
  const [first, last] = [run[0], run.at(-1)];
  if (run.length < 3 || first === undefined || last === undefined) return run.map(({ name }) => name);
  return [`${first.stem}{${first.digits}..${last.digits}}`];
}
