import { isAbsolute } from 'node:path';
import { LONGEST_SOCKET_PATH } from '../process/index.js';
import { inputError } from '../support/index.js';

/** The path of `unix:///run/x.sock`, `unix:/run/x.sock` or `/run/x.sock`. Throws `invalid-input` for anything else. */
export function socketPathOf(endpoint: string): string {
  const path = endpoint.replace(/^unix:(\/\/)?/, '');
  const problems: string[] = [];
  if (!isAbsolute(path))
    problems.push(
      `endpoint "${endpoint}" must be unix:// and the full path of a socket, such as unix:///run/csi.sock`,
    );
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
    problems.push(
      `endpoint "${endpoint}" is too long: the path of a socket has at most ${LONGEST_SOCKET_PATH} bytes`,
    );
  const error = inputError('listen for CSI', problems);
  if (error !== undefined) throw error;
  return path;
}
