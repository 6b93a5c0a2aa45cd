import { absolute, Errno, EXECUTE, join, mayAccess, type FileNode, type Node } from '../filesystem/index.js';
import { rootUser } from './accounts.js';
import { Budget } from './budget.js';
import type { Process, System } from './process.js';
import { empty, InputStream, type OutputStream } from './streams.js';

/** A program was called wrongly or cannot go on; its message is printed after the program's name. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';

  constructor(
    message: string,
    /** The program's exit status. */
    readonly status = 1,
  ) {
    super(message);
  }
}

/** An option that the real program may have and the emulated one has not. */
export class UnknownOption extends UsageError {
  override readonly name = 'UnknownOption';
}

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** First line of the image's executable files; what follows is the emulated program's name. */
export const EMULATED_MAGIC = '#!emulated ';

/** An executable that was found: its path as messages name it. */
export interface Executable {
  readonly path: string;
  readonly node: FileNode;
}

type Caller = Pick<Process, 'system' | 'user' | 'env' | 'cwd'>;

/** Looks a command up as execvp does; undefined = no such command. Throws Errno for paths that cannot run. */
export function findProgram(caller: Caller, name: string): Executable | undefined {
  if (name === '') return undefined;
  if (name.includes('/')) return requireExecutable(caller, name);
  const directories = (caller.env.get('PATH') ?? DEFAULT_PATH).split(':');
  for (const directory of directories) {
    const path = join(directory === '' ? '.' : directory, name);
    const node = caller.system.fs.find(absolute(caller.cwd, path), caller.user);
    if (node?.kind === 'file' && mayAccess(node, caller.user, EXECUTE)) return { path, node };
  }
  tellLacking(caller, `${name}: not there`);
  return undefined;
}

/** The simulator's debug log names what scripts look for in vain: it shows which programs real runs would need. */
function tellLacking({ system }: Pick<Process, 'system'>, what: string): void {
  system.logger.debug(`guest ${system.spec.name}: ${what}`);
}

function requireExecutable(caller: Caller, path: string): Executable {
  const node = lookUp(caller, path);
  if (node.kind === 'directory') throw new ExecuteError('EISDIR', path);
  if (node.kind !== 'file' || !mayAccess(node, caller.user, EXECUTE)) throw new ExecuteError('EACCES', path);
  return { path, node };
}

function lookUp({ system, user, cwd }: Caller, path: string): Node {
  try {
    return system.fs.lookup(absolute(cwd, path), user);
  } catch (error) {
    throw error instanceof Errno ? new ExecuteError(error.code, path) : error;
  }
}

/** A file that cannot be run; shells give status 127 for ENOENT, else 126. */
export class ExecuteError extends Errno {
  constructor(
    code: Errno['code'],
    readonly path: string,
  ) {
    super(code);
    this.message = `${path}: ${this.message}`;
  }
}

/** Runs a program to its end; gives its exit status. */
export async function execute(process: Process, { path, node }: Executable): Promise<number> {
  process.signal.throwIfAborted();
  process.budget.depth(process.depth);
  await process.budget.step();
  const start = Buffer.from(node.read(0, 256)).toString('latin1');
  const [firstLine = ''] = start.split('\n');
  if (firstLine.startsWith(EMULATED_MAGIC))
    return runEmulated(process, firstLine.slice(EMULATED_MAGIC.length));
  const interpreter = firstLine.startsWith('#!') ? firstLine.slice(2).trim().split(/\s+/) : ['/bin/sh'];
  if (start.includes('\0')) {
    await process.stderr.line(`${path}: cannot execute binary file: Exec format error`);
    return 126;
  }
  const found = findInterpreter(process, interpreter[0] ?? '');
  if (found === undefined) throw new ExecuteError('ENOENT', path);
  const args = [...interpreter, path, ...process.args.slice(1)];
  return execute({ ...process, args, depth: process.depth + 1 }, found);
}

/** What is missing is then the script, as far as the kernel says. */
function findInterpreter(process: Process, name: string): Executable | undefined {
  try {
    return findProgram(process, name);
  } catch (error) {
    if (error instanceof ExecuteError) return undefined;
    throw error;
  }
}

async function runEmulated(process: Process, name: string): Promise<number> {
  const program = process.system.program(name);
  if (program === undefined) throw new ExecuteError('ENOENT', name);
  const [called = name] = process.args;
  try {
    return await program(process);
  } catch (error) {
    if (error instanceof UsageError) {
      if (error instanceof UnknownOption) tellLacking(process, `${name}: ${error.message}`);
      await process.stderr.line(`${called}: ${error.message}`);
      return error.status;
    }
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'EPIPE') return 141;
    await process.stderr.line(`${called}: ${error.message}`);
    return 1;
  }
}

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
