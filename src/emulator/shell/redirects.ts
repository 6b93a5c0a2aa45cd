import { absolute, Errno } from '../filesystem/index.js';
import { fileSink, fileSource } from '../os/file-streams.js';
import type { StandardStreams } from '../os/process.js';
import { bytesOf, InputStream, nowhere, OutputStream } from '../os/streams.js';
import type { Shell } from './state/shell.js';
import type { Redirect } from './grammar/syntax.js';

/** A redirection that could not be made; the message names the file as shells do. */
export class RedirectError extends Errno {
  constructor(code: Errno['code'], what: string) {
    super(code);
    this.message = `${what}: ${this.message}`;
  }
}

/** The streams with all redirections applied, from left to right. Throws Errno. */
export async function openRedirects(
  shell: Shell,
  redirects: readonly Redirect[],
  streams: StandardStreams,
): Promise<StandardStreams> {
  let current = streams;
  for (const redirect of redirects) current = { ...current, ...(await open(shell, redirect, current)) };
  return current;
}

async function open(
  shell: Shell,
  { fd, operator, target }: Redirect,
  streams: StandardStreams,
): Promise<Partial<StandardStreams>> {
  const text = await shell.expansion.text(target);
  switch (operator) {
    case '<<':
      return { stdin: new InputStream(bytesOf(text)) };
    case '<<<':
      return { stdin: new InputStream(bytesOf(`${text}\n`)) };
    case '<':
    case '<>':
      return { stdin: input(shell, text, streams) };
    case '<&':
      return text === '-' ? { stdin: new InputStream(bytesOf()) } : {};
    case '>&':
      return duplicate(shell, fd ?? 1, text, streams, fd === undefined);
    case '&>':
    case '&>>': {
      const both = output(shell, text, operator === '&>>', streams);
      return { stdout: both, stderr: both };
    }
    default:
      return asOutput(fd ?? 1, output(shell, text, operator === '>>', streams));
  }
}

function duplicate(
  shell: Shell,
  fd: number,
  text: string,
  streams: StandardStreams,
  bothToFile: boolean,
): Partial<StandardStreams> {
  if (text === '-') return asOutput(fd, new OutputStream(nowhere));
  if (text === '1') return asOutput(fd, streams.stdout);
  if (text === '2') return asOutput(fd, streams.stderr);
  if (/^\d+$/.test(text) || !bothToFile) throw new RedirectError('EBADF', text);
  const both = output(shell, text, false, streams);
  return { stdout: both, stderr: both };
}

function asOutput(fd: number, stream: OutputStream): Partial<StandardStreams> {
  if (fd === 1) return { stdout: stream };
  if (fd === 2) return { stderr: stream };
  throw new RedirectError('EBADF', String(fd));
}

function input(shell: Shell, path: string, streams: StandardStreams): InputStream {
  return naming(path, () => {
    const { system, user, budget } = shell.process;
    const source = fileSource(system.fs, absolute(shell.state.cwd, path), user, budget);
    return source === 'stdin' ? streams.stdin : new InputStream(source);
  });
}

function output(shell: Shell, path: string, append: boolean, streams: StandardStreams): OutputStream {
  const pipe = shell.substitutions.pipe(path);
  if (pipe !== undefined) return new OutputStream(pipe);
  return naming(path, () => {
    const { system, user } = shell.process;
    const sink = fileSink(system.fs, absolute(shell.state.cwd, path), user, append);
    if (sink === 'stdout') return streams.stdout;
    return sink === 'stderr' ? streams.stderr : new OutputStream(sink);
  });
}

function naming<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof Errno ? new RedirectError(error.code, path) : error;
  }
}
