import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openSsh, type SshLogin } from '../../../guest/index.js';
import { OperationError, shellWord } from '../../../support/index.js';
import { LineReader } from '../../client/lines.js';
import type { StoredMachine } from '../../store/machine-store.js';

export interface ScriptOptions {
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** Exported to the script. Travels on the script's input, so that no process list ever shows it. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** What the script's commands read; nothing. */
  readonly input?: string | undefined;
}

export interface ScriptResult {
  readonly code: number;
  readonly output: string;
}

const LONGEST_OUTPUT = 1024 * 1024;
const CONNECT_LIMIT = 20_000;

/** Runs a shell script on a host over SSH, as the machine's user; stops at the first command that fails. */
export async function runOnHost(
  machine: StoredMachine,
  script: string,
  { environment = {}, input, ...options }: ScriptOptions,
): Promise<ScriptResult> {
  return await sendToHost(machine, 'sh', scriptInput(script, environment, input), options);
}

/** The same for a script whose commands read a stream, of any length. */
export async function runWithStream(
  machine: StoredMachine,
  script: string,
  stream: Readable,
  { environment = {}, ...options }: Omit<ScriptOptions, 'input'>,
): Promise<ScriptResult> {
  const { command, head } = beforeStream(script, environment);
  return await sendToHost(machine, command, Readable.from(concatenated(head, stream)), options);
}

/**
 * A command whose input is `head`, the script, with a stream behind it. The shell takes as many bytes as the script has
 * and no more: shells that read a script from their input by themselves take a block.
 */
export function beforeStream(
  script: string,
  environment: Readonly<Record<string, string>>,
): { readonly command: string; readonly head: Buffer } {
  const head = Buffer.from(`set -e\n${exportsOf(environment)}${script}\n`);
  return { command: `sh -c 'eval "$(head -c ${head.length})"'`, head };
}

async function* concatenated(head: Buffer, stream: Readable): AsyncGenerator<Buffer> {
  yield head;
  yield* stream as AsyncIterable<Buffer>;
}

/** Runs a command line on a host over SSH, as the machine's user; `input` is what it reads. */
export async function sendToHost(
  machine: StoredMachine,
  command: string,
  input: string | Readable,
  { signal, onLine }: Pick<ScriptOptions, 'signal' | 'onLine'>,
): Promise<ScriptResult> {
  const attempted = `run a script on ${machine.name}`;
  try {
    const login = await loginOf(machine);
    const attempt = await openSsh(login, signal);
    if (!attempt.open) throw new OperationError({ code: 'unreachable', attempted, problem: attempt.seen });
    let output = '';
    const reader = new LineReader(onLine);
    const onOutput = (part: string): void => {
      if (output.length < LONGEST_OUTPUT) output += part;
      reader.push(part);
    };
    try {
      const { code = 255 } = await attempt.session.run(command, signal, { limit: Infinity, input, onOutput });
      return { code, output };
    } finally {
      reader.end();
      attempt.session.close();
    }
  } catch (error) {
    throw unreachable(attempted, error);
  }
}

async function loginOf({
  address: host,
  sshPort: port,
  sshUser: user,
  sshKeyPath,
}: StoredMachine): Promise<SshLogin> {
  const privateKey = await readFile(sshKeyPath, 'utf8');
  return { host, port, user, privateKey, connectTimeout: CONNECT_LIMIT, loginTimeout: CONNECT_LIMIT };
}

/** In braces, so that the shell has read all of it before a command can read from its input. */
export function scriptInput(
  script: string,
  environment: Readonly<Record<string, string>>,
  input?: string,
): string {
  const from = input === undefined ? '</dev/null' : `<<'${END}'\n${input.replace(/\n?$/, '\n')}${END}`;
  return `set -e\n${exportsOf(environment)}{\n${script}\n} ${from}\n`;
}

function exportsOf(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join('');
}

const END = 'END-OF-INPUT-7c1e';

function unreachable(attempted: string, cause: unknown): OperationError {
  if (cause instanceof OperationError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new OperationError({ code: 'unreachable', attempted, problem: text, cause });
}
