import { absolute, Errno } from '../filesystem/index.js';
import { fileSink, fileSource } from '../os/file-streams.js';
import type { StandardStreams } from '../os/process.js';
import { bytesOf, InputStream, OutputStream, type ByteSink } from '../os/streams.js';
import type { Shell } from './state/shell.js';
import type { Redirect, RedirectOperator } from './grammar/syntax.js';

/** A redirection that could not be made; the message names the file as shells do. */
export class RedirectError extends Errno {
  /** dash's wording. */
  readonly dashMessage: string;
  /** The streams with what was redirected before: where the message goes. */
  streams: StandardStreams | undefined;

  constructor(code: Errno['code'], what: string, action?: 'open' | 'create') {
    super(code);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    const reason = !missing ? this.message : action === 'create' ? 'Directory nonexistent' : 'No such file';
    this.dashMessage =
      action === undefined ? `${what}: ${this.message}` : `cannot ${action} ${what}: ${reason}`;
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
  try {
    for (const redirect of redirects) current = await open(shell, redirect, current);
  } catch (error) {
    if (error instanceof RedirectError) error.streams = current;
    throw error;
  }
  return current;
}

type Stream = InputStream | OutputStream;

async function open(
  shell: Shell,
  { fd, operator, target }: Redirect,
  streams: StandardStreams,
): Promise<StandardStreams> {
  const text = await shell.expansion.text(target);
  switch (operator) {
    case '<<':
      return withStream(streams, fd ?? 0, new InputStream(bytesOf(text)));
    case '<<<':
      return withStream(streams, fd ?? 0, new InputStream(bytesOf(`${text}\n`)));
    case '<':
    case '<>':
      return withStream(streams, fd ?? 0, input(shell, text, streams));
    case '<&':
      return duplicate(streams, fd ?? 0, text);
    case '>&':
      if (fd === undefined && shell.state.dialect === 'bash' && !/^(\d+|-)$/.test(text))
        return bothTo(streams, output(shell, text, operator, streams));
      return duplicate(streams, fd ?? 1, text);
    case '&>':
    case '&>>':
      return bothTo(streams, output(shell, text, operator, streams));
    default:
      return withStream(streams, fd ?? 1, output(shell, text, operator, streams));
  }
}

function bothTo(streams: StandardStreams, stream: OutputStream): StandardStreams {
  return { ...streams, stdout: stream, stderr: stream };
}

/** `n>&m`, `n>&-`. */
function duplicate(streams: StandardStreams, fd: number, text: string): StandardStreams {
  if (text === '-') return withStream(streams, fd, undefined);
  const source = /^\d+$/.test(text) ? streamOf(streams, Number(text)) : undefined;
  if (source === undefined) throw new RedirectError('EBADF', text);
  return withStream(streams, fd, source);
}

function streamOf(streams: StandardStreams, fd: number): Stream | undefined {
  const standard = [streams.stdin, streams.stdout, streams.stderr][fd];
  return standard ?? streams.further?.get(fd);
}

/** The streams with one replaced; undefined closes it. */
function withStream(streams: StandardStreams, fd: number, stream: Stream | undefined): StandardStreams {
  if (fd === 0)
    return { ...streams, stdin: stream instanceof InputStream ? stream : new InputStream(bytesOf()) };
  if (fd <= 2) {
    const kept = stream instanceof OutputStream ? stream : new OutputStream(closed);
    return fd === 1 ? { ...streams, stdout: kept } : { ...streams, stderr: kept };
  }
  const further = new Map(streams.further);
  if (stream === undefined) further.delete(fd);
  else further.set(fd, stream);
  return { ...streams, further };
}

/** What a closed descriptor is to those who write to it. */
const closed: ByteSink = { write: () => Promise.reject(new Errno('EBADF')) };

function input(shell: Shell, path: string, streams: StandardStreams): InputStream {
  return naming(path, 'open', () => {
    const { system, budget } = shell.process;
    const source = fileSource(system.fs, absolute(shell.state.cwd, path), shell.user, budget);
    return source === 'stdin' ? streams.stdin : new InputStream(source);
  });
}

function output(
  shell: Shell,
  path: string,
  operator: RedirectOperator,
  streams: StandardStreams,
): OutputStream {
  const pipe = shell.substitutions.pipe(path);
  if (pipe !== undefined) return new OutputStream(pipe);
  return naming(path, 'create', () => {
    const { fs } = shell.process.system;
    const whole = absolute(shell.state.cwd, path);
    if (shell.state.options.noclobber && operator === '>' && fs.find(whole)?.kind === 'file')
      throw new Errno('EEXIST');
    const sink = fileSink(fs, whole, shell.user, operator === '>>' || operator === '&>>');
    if (sink === 'stdout') return streams.stdout;
    return sink === 'stderr' ? streams.stderr : new OutputStream(sink);
  });
}

function naming<T>(path: string, action: 'open' | 'create', run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof Errno ? new RedirectError(error.code, path, action) : error;
  }
}
