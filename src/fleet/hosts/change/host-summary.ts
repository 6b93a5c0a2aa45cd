import { distinctProblems, type HostProblem } from '../../context/distinct-problems.js';
import { spokenHosts } from '../../context/host-names.js';
import { durationCell } from '../../context/reporter.js';
import type { FleetContext } from '../../context/fleet-context.js';
import type { HostResult } from './host-work.js';

/** A short table first; then each problem once, with the hosts that it hit, and where the whole output is. */
export async function summarise(
  { reporter, store, logs }: Pick<FleetContext, 'reporter' | 'store' | 'logs'>,
  results: readonly HostResult[],
): Promise<void> {
  const rows = await Promise.all(
    results.map(async ({ name, short, took }) => ({
      host: name,
      result: short,
      time: took === 0 ? undefined : durationCell(took),
      address: (await store.read(name))?.address,
    })),
  );
  reporter.table('summary', rows);
  const problems = results.flatMap(({ name: host, problem: text }): HostProblem[] =>
    text === undefined ? [] : [{ host, text }],
  );
  for (const problem of distinctProblems(problems)) reporter.problem(problem);
  if (results.some(({ problem, log }) => problem !== undefined && log !== undefined))
    reporter.note(`The whole output about a host is in ${logs}/HOST.log.`);
}

/** What the next apply does about those that are not as declared, as far as it does anything; else nothing. */
export function goesOn(results: readonly HostResult[]): string {
  const bad = results.filter(({ ok }) => !ok);
  const again = bad.filter(willBeMade).map(({ name }) => name);
  if (again.length === 0) return '';
  return again.length === bad.length
    ? '; apply again makes only these'
    : `; apply again makes only ${spokenHosts(again)}`;
}

/** apply does nothing about a host that it has left as it is, and replaces one only with --recreate again. */
function willBeMade({ action, short }: HostResult): boolean {
  if (action === 'replace') return short === 'failed' || short === 'interrupted';
  return action === 'create' || action === 'remake' || (action === 'start' && short !== 'started');
}
