import { listenForLaunchers } from '../../src/agent/launcher-server.js';

/** So many pieces are written, each larger than what the kernel keeps of a connection. */
export const PIECES = 8;
export const PIECE = 1024 * 1024;

/**
 * Serves launchers: each gets all pieces when it has said something, each piece when there is room for it, and then in one line how
 * often the server had to wait. Resolves with whether it listens.
 */
export async function flood(path: string): Promise<boolean> {
  const server = await listenForLaunchers(path, (connection) => {
    let next = 0;
    let waits = 0;
    const mustWait = (): boolean => connection.isFull;
    const writeOn = (): void => {
      for (; next < PIECES && !mustWait(); next += 1) {
        connection.write(Buffer.alloc(PIECE, next));
        if (mustWait()) waits += 1;
      }
      if (next < PIECES || mustWait() || !connection.isOpen) return;
      connection.write(Buffer.from(`waited ${waits}\n`));
      connection.end();
    };
    return { onData: writeOn, onRoom: writeOn, onClose: () => undefined };
  });
  server?.unref();
  return server !== undefined;
}

/** As a program of the packaged runtime: says whether it listens, and ends with its standard input. */
const [program, path] = process.argv.slice(1);
if (path !== undefined && program?.endsWith('flood.ts') === true) {
  void flood(path).then((isListening) => {
    process.stdout.write(`${String(isListening)}\n`);
    process.stdin.on('end', () => process.exit()).resume();
  });
}
