import { signalOf, waitFor } from '../jobs.js';
import { Flow, complain, fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';

const TERM = 15;

async function trap(call: BuiltinCall): Promise<number> {
  const { shell, streams } = call;
  const { traps } = shell.state;
  const words = call.args.slice(1).filter((word, index) => index > 0 || word !== '--');
  if (words.length === 0) {
    for (const [name, action] of traps)
      await streams.stdout.line(`trap -- '${action.replaceAll("'", "'\\''")}' ${trapName(call, name)}`);
    return 0;
  }
  // `trap SIGNAL` alone, or a number first, takes a trap back.
  const resets = words.length === 1 || /^\d+$/.test(words[0] ?? '');
  const action = resets ? '-' : (words[0] ?? '');
  let status = 0;
  for (const word of resets ? words : words.slice(1)) {
    const name = word === 'ERR' && !isDash(call) ? 'ERR' : signalOf(word)?.name;
    if (name === undefined) {
      if (isDash(call)) await streams.stderr.line(`trap: ${word}: bad trap`);
      else await complain(call, `${word}: invalid signal specification`);
      status = 1;
    } else if (action === '-') traps.delete(name);
    else traps.set(name, action);
  }
  return status;
}

function trapName(call: BuiltinCall, name: string): string {
  return isDash(call) || name === 'EXIT' || name === 'ERR' ? name : `SIG${name}`;
}

const USAGE = {
  dash: 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]',
  bash: 'usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
} as const;

/** `kill`: of the shell itself, of its own background jobs; no other process is there. */
async function kill(call: BuiltinCall): Promise<number> {
  const { shell } = call;
  const words = call.args.slice(1);
  let signal = signalOf('TERM');
  if (words[0] === '-s' || words[0] === '-n') signal = signalOf(words.splice(0, 2)[1] ?? '');
  else if (words[0]?.startsWith('-') === true) signal = signalNamed(words.shift()?.slice(1) ?? '');
  if (words.length === 0 || signal === undefined) return fail(call, USAGE[shell.state.dialect]);
  let status = 0;
  for (const word of words) {
    const job = shell.state.jobs.find(({ id }) => String(id) === word);
    if (word === String(shell.state.processId)) await raise(call, signal);
    else if (job !== undefined) await killJob(call, job, signal.number);
    else {
      await complain(call, isDash(call) ? 'No such process\n' : `(${word}) - No such process`);
      status = 1;
    }
  }
  return status;
}

function signalNamed(text: string): { name: string; number: number } | undefined {
  return text === '0' ? { name: '0', number: 0 } : signalOf(text);
}

async function killJob(
  { streams }: BuiltinCall,
  job: { kill(signal: number): void },
  signal: number,
): Promise<void> {
  if (signal === 0) return;
  job.kill(signal);
  if (signal === TERM) await streams.stderr.line('Terminated');
}

/** A signal to the shell itself: its trap runs, else it ends. */
async function raise(
  { shell, streams }: BuiltinCall,
  signal: { readonly name: string; readonly number: number },
): Promise<void> {
  if (signal.number === 0) return;
  const { state } = shell;
  const action = state.traps.get(signal.name);
  if (action === '') return;
  if (action === undefined) {
    state.traps.delete('EXIT');
    if (signal.number === TERM) await streams.stderr.line('Terminated');
    throw new Flow('exit', 128 + signal.number);
  }
  const { status } = state;
  await shell.nested(() => shell.text(action));
  state.status = status;
}

export const processBuiltins: readonly (readonly [string, Builtin])[] = [
  ['trap', trap],
  ['kill', kill],
  ['wait', ({ shell, args }) => waitFor(shell, args.slice(1))],
  ['jobs', () => 0],
  [
    'times',
    async ({ streams }) => {
      await streams.stdout.write('0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n');
      return 0;
    },
  ],
  [
    // There is nothing to limit.
    'ulimit',
    async ({ args, streams }) => {
      if (/^\d+$|^unlimited$/.test(args.at(-1) ?? '')) return 0;
      await streams.stdout.line(args.includes('-n') ? '1024' : 'unlimited');
      return 0;
    },
  ],
];
