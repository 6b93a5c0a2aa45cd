import { Errno } from '../filesystem/index.js';
import { execute, findProgram } from '../os/execute.js';
import type { Process } from '../os/process.js';

/**
 * Runs another program in place of this one (sudo, env, timeout, xargs). A program that cannot be run is
 * reported as `name: described: reason` with status 127 or 126.
 */
export async function launch(
  process: Process,
  args: readonly string[],
  described: (name: string) => string,
): Promise<number> {
  const [name = ''] = args;
  const complain = (reason: string) =>
    process.stderr.line(`${process.args[0] ?? ''}: ${described(name)}: ${reason}`);
  const child = { ...process, args, depth: process.depth + 1 };
  try {
    const found = findProgram(child, name);
    if (found !== undefined) return await execute(child, found);
    await complain('No such file or directory');
    return 127;
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EPIPE') throw error;
    await complain(error.message.replace(`${name}: `, ''));
    return error.code === 'ENOENT' ? 127 : 126;
  }
}
