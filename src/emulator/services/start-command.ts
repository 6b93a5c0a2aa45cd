import { EMULATED_MAGIC, execute, findProgram, type Executable, rootProcess } from '../os/execute.js';
import type { Process, System } from '../os/process.js';
import { OutputStream } from '../os/streams.js';
import { DaemonError, type Daemon, type DaemonProgram } from './daemon.js';
import type { Unit } from './unit-loader.js';

/**
 * Runs a unit's ExecStart. A daemon program gives its Daemon; any other program runs to its end (oneshot) or
 * in the background, `ended` telling its status.
 */
export async function startCommand(
  system: System,
  daemons: ReadonlyMap<string, DaemonProgram>,
  unit: Unit,
  ended: (status: number) => void,
): Promise<Daemon | undefined> {
  let daemon: Daemon | undefined;
  for (const args of unit.execStart) {
    const process = processOf(system, unit, args);
    const found = locate(process, args[0] ?? '');
    const program = daemons.get(emulatedName(found));
    if (program !== undefined) {
      const log = (line: string) => system.journal.add(unit.name, line);
      daemon = await program({ system, args, environment: unit.environment, log });
    } else if (unit.oneshot) await toEnd(process, found);
    else daemon = inBackground(process, found, ended);
  }
  if (unit.execStart.length === 0) throw new DaemonError('Service has no ExecStart= setting. Refusing.');
  return daemon;
}

function locate(process: Process, name: string): Executable {
  try {
    const found = findProgram(process, name);
    if (found !== undefined) return found;
  } catch {
    // Told below in systemd's words: the cause is always that the file cannot be executed.
  }
  throw new DaemonError(`Unable to locate executable '${name}': No such file or directory (status=203/EXEC)`);
}

function emulatedName({ node }: Executable): string {
  const [line = ''] = Buffer.from(node.read(0, 256)).toString('utf8').split('\n');
  return line.startsWith(EMULATED_MAGIC) ? line.slice(EMULATED_MAGIC.length) : '';
}

async function toEnd(process: Process, found: Executable): Promise<void> {
  const status = await execute(process, found);
  if (status !== 0) throw new DaemonError(`Main process exited, code=exited, status=${status}/FAILURE`);
}

function inBackground(process: Process, found: Executable, ended: (status: number) => void): Daemon {
  const stopping = new AbortController();
  const signal = AbortSignal.any([process.signal, stopping.signal]);
  const finished = execute({ ...process, signal }, found).then(ended, () => ended(1));
  return {
    stop: async () => {
      stopping.abort();
      await finished;
    },
  };
}

function processOf(system: System, unit: Unit, args: readonly string[]): Process {
  const output = new OutputStream({
    write: (bytes) => {
      system.journal.add(unit.name, Buffer.from(bytes).toString('utf8'));
      return Promise.resolve();
    },
  });
  const process = rootProcess(system, args, output);
  return { ...process, env: new Map([...process.env, ...unit.environment]) };
}
