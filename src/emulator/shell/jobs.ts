import type { StandardStreams } from '../os/process.js';
import { empty, InputStream } from '../os/streams.js';
import type { AndOrList } from './grammar/syntax.js';
import type { Shell } from './state/shell.js';

/** Starts a list in the background, with nothing to read. */
export function startJob(shell: Shell, list: AndOrList, streams: StandardStreams): void {
  const { process, state } = shell;
  const killed = new AbortController();
  const signal = AbortSignal.any([process.signal, killed.signal]);
  let killedBy = 0;
  const script = [{ ...list, background: false }];
  const ran = shell.subshell(script, { ...streams, stdin: new InputStream(empty) }, { ...process, signal });
  const dead = new Promise<number>((resolve) => {
    killed.signal.addEventListener('abort', () => resolve(128 + killedBy));
  });
  const kill = (number: number) => {
    killedBy = number;
    killed.abort();
  };
  const ended = Promise.race([dead, ran.catch(() => 128 + killedBy)]);
  state.jobs.push({ id: process.system.nextProcessId(), ended, kill });
  state.status = 0;
}

/** `wait`: for every job, or for those that are named; gives the status of the last one named. */
export async function waitFor(shell: Shell, ids: readonly string[]): Promise<number> {
  const { state } = shell;
  if (ids.length === 0) {
    await Promise.all(state.jobs.map(({ ended }) => ended));
    return 0;
  }
  let status = 0;
  for (const id of ids) {
    const job = state.jobs.find((each) => String(each.id) === id);
    status = job === undefined ? 127 : await job.ended;
  }
  return status;
}

const SIGNALS: readonly (readonly [name: string, number: number])[] = [
  ['EXIT', 0],
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['KILL', 9],
  ['USR1', 10],
  ['USR2', 12],
  ['PIPE', 13],
  ['ALRM', 14],
  ['TERM', 15],
  ['CHLD', 17],
  ['CONT', 18],
  ['STOP', 19],
  ['TSTP', 20],
];

/** A signal by name (with or without SIG) or number; undefined = there is none. */
export function signalOf(text: string): { readonly name: string; readonly number: number } | undefined {
  const wanted = text.replace(/^SIG/, '');
  const found = SIGNALS.find(([name, number]) => name === wanted || String(number) === wanted);
  return found && { name: found[0], number: found[1] };
}
