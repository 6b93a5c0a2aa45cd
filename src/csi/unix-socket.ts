import { lstat, mkdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, isAbsolute } from 'node:path';
import { hasSystemCode, inputError, OperationError } from '../support/index.js';

/** What Linux has for the path of a socket, without the byte that ends it. Node up to 22 cuts longer ones silently. */
const LONGEST_PATH = 107;

/** The path of `unix:///run/x.sock`, `unix:/run/x.sock` or `/run/x.sock`. Throws `invalid-input` for anything else. */
export function socketPathOf(endpoint: string): string {
  const path = endpoint.replace(/^unix:(\/\/)?/, '');
  const problems: string[] = [];
  if (!isAbsolute(path))
    problems.push(
      `endpoint "${endpoint}" must be unix:// and the full path of a socket, such as unix:///run/csi.sock`,
    );
  if (Buffer.byteLength(path) > LONGEST_PATH)
    problems.push(
      `endpoint "${endpoint}" is too long: the path of a socket has at most ${LONGEST_PATH} bytes`,
    );
  const error = inputError('listen for CSI', problems);
  if (error !== undefined) throw error;
  return path;
}

/** Makes the folder of a socket, and takes away a socket that a process which is gone has left there. */
export async function prepareSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const kind = await kindOf(path);
  if (kind === 'nothing') return;
  const attempted = `listen at ${path}`;
  if (kind === 'other') {
    const problem = 'there is something else than a socket';
    throw new OperationError({
      code: 'invalid-input',
      attempted,
      problem,
      advice: 'Choose another endpoint.',
    });
  }
  if (await isServed(path)) {
    const problem = 'another process listens there already';
    throw new OperationError({
      code: 'conflict',
      attempted,
      problem,
      advice: 'Stop it, or choose another endpoint.',
    });
  }
  await rm(path, { force: true });
}

async function kindOf(path: string): Promise<'nothing' | 'socket' | 'other'> {
  try {
    return (await lstat(path)).isSocket() ? 'socket' : 'other';
  } catch (thrown) {
    if (hasSystemCode(thrown, 'ENOENT')) return 'nothing';
    throw thrown;
  }
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(path);
    const end = (answer: boolean) => (): void => {
      connection.destroy();
      resolve(answer);
    };
    connection.once('connect', end(true)).once('error', end(false));
  });
}
