import { Budget } from './budget.js';
import { DEFAULT_PATH } from './execute.js';
import type { Process, System } from './process.js';
import { empty, InputStream, type OutputStream } from './streams.js';
import { rootUser } from './accounts.js';

/** A process that the guest itself starts as root: services, cloud-init. It ends when power goes. */
export function rootProcess(system: System, args: readonly string[], output: OutputStream): Process {
  return {
    system,
    user: rootUser,
    args,
    env: new Map([['PATH', DEFAULT_PATH]]),
    cwd: '/',
    stdin: new InputStream(empty),
    stdout: output,
    stderr: output,
    signal: system.signal,
    budget: new Budget(),
    depth: 0,
    terminal: false,
  };
}
