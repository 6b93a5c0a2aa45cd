import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { MachineClient } from '../client/machine-client.js';
import { OperationError } from '../../support/index.js';
import { NotReady } from './not-ready.js';

/** A client tells its version in a few milliseconds; a busy computer takes longer. ms. */
const LIMIT = 20_000;
const PLUGIN = 'docker-machine-driver-nutanix';

/** Why the client cannot be used; undefined = it is a docker-machine, as its answer to --version says. */
export async function clientProblem(
  client: MachineClient,
  stop: AbortSignal,
  limit = LIMIT,
): Promise<string | undefined> {
  const { command, environment } = client.options;
  const named = (environment['DOCKER_MACHINE'] ?? '') !== '';
  const who = named ? `DOCKER_MACHINE names ${command}, but` : `${command} cannot be used:`;
  const late = AbortSignal.timeout(limit);
  try {
    const { code, stdout, tail } = await client.run(['--version'], { kill: AbortSignal.any([stop, late]) });
    stop.throwIfAborted();
    if (late.aborted) return `${who} it did not answer to --version within ${limit / 1000} s`;
    const said = tail.join(' ').trim().slice(0, 200);
    if (code !== 0) return `${who} its --version ended with status ${String(code ?? 'unknown')}: ${said}`;
    if (/\bmachine version\b/i.test(stdout)) return undefined;
    return `${who} that is no docker-machine: its --version says ${said === '' ? 'nothing' : `"${said}"`}`;
  } catch (error) {
    stop.throwIfAborted();
    const { problem, advice = '' } = OperationError.from(error, 'start the client');
    return `${who} ${problem}. ${advice}`;
  }
}

/** Rejects with NotReady when the client cannot be used: a command that needs nothing else asks only this. */
export async function requireClient(client: MachineClient, file: string, stop: AbortSignal): Promise<void> {
  const problem = await clientProblem(client, stop);
  if (problem !== undefined) throw new NotReady(file, [problem]);
}

/** Why the client will not find the driver; it looks for it on the PATH, as here. */
export async function driverProblem(client: MachineClient): Promise<string | undefined> {
  const path = client.options.environment['PATH'] ?? '';
  const found = await Promise.all(path.split(delimiter).map((folder) => isProgram(join(folder, PLUGIN))));
  return found.includes(true)
    ? undefined
    : `the driver ${PLUGIN} is not on the PATH, where the client looks for it: install it there`;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
