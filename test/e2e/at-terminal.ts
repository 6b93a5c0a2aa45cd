import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface TerminalRun {
  readonly code: number | null;
  /** All that was seen on the screen, control sequences taken out. */
  readonly screen: string;
}

const SEQUENCE = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g');

/**
 * Runs a command line of the shell at a pseudo-terminal (`script` of util-linux) and types each answer when its question is
 * there. Rejects when a question does not come.
 */
export async function atTerminal(
  commandLine: string,
  answers: readonly (readonly [question: string, answer: string])[],
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<TerminalRun> {
  const options = { env: { ...env, TERM: 'xterm' }, cwd, stdio: ['pipe', 'pipe', 'inherit'] as const };
  const child = spawn('script', ['-qec', commandLine, '/dev/null'], {
    ...options,
    stdio: [...options.stdio],
  });
  const waiting = [...answers];
  let screen = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const [question, answer] = waiting[0] ?? [];
    const at = question === undefined ? -1 : screen.indexOf(question, seen);
    if (question === undefined || at < 0) return;
    waiting.shift();
    seen = at + question.length;
    child.stdin.write(answer ?? '');
  });
  const limit = setTimeout(() => child.kill(), 300_000);
  await once(child, 'close');
  clearTimeout(limit);
  const shown = screen.replaceAll(SEQUENCE, '').replaceAll('\r', '');
  if (waiting.length > 0) throw new Error(`"${waiting[0]?.[0] ?? ''}" was not asked: ${shown}`);
  return { code: child.exitCode, screen: shown };
}
