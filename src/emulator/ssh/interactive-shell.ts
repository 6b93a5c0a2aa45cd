import { isErrno } from '../filesystem/index.js';
import { readEvalLoop } from '../shell/index.js';
import type { Process } from '../os/process.js';
import type { Terminal } from './terminal.js';

/** A login shell without a command: prompts on a terminal, silent otherwise. */
export async function interactiveShell(process: Process, terminal: Terminal | undefined): Promise<number> {
  if (terminal === undefined) return readEvalLoop(process, { dialect: 'bash' });
  await greet(process);
  return readEvalLoop(process, {
    dialect: 'bash',
    prompt: (cwd, more) => (more ? '> ' : promptFor(process, cwd)),
    onInterrupt: (listener) => (terminal.onInterrupt = listener),
  });
}

async function greet({ system, stdout }: Process): Promise<void> {
  try {
    await stdout.write(system.fs.readText('/etc/motd'));
  } catch (error) {
    if (!isErrno(error)) throw error;
  }
}

function promptFor({ system, user }: Process, cwd: string): string {
  const shown =
    cwd === user.home ? '~' : cwd.startsWith(`${user.home}/`) ? `~${cwd.slice(user.home.length)}` : cwd;
  return `${user.name}@${system.hostname.split('.')[0] ?? ''}:${shown}${user.uid === 0 ? '#' : '$'} `;
}
