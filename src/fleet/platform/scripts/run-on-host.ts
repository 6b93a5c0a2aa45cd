import { readFile } from 'node:fs/promises';
import { Client } from 'ssh2';
import { OperationError } from '../../../support/index.js';
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
  options: ScriptOptions,
): Promise<ScriptResult> {
  const { signal } = options;
  const attempted = `run a script on ${machine.name}`;
  const privateKey = await readFile(machine.sshKeyPath).catch((error: unknown) => {
    throw problem(attempted, error);
  });
  const client = new Client();
  const end = (): void => void client.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    return await new Promise<ScriptResult>((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(problem(attempted, signal.aborted ? signal.reason : error));
      client.on('error', fail);
      client.on('close', () => fail(new Error('the connection was closed')));
      client.on('ready', () => execute(client, script, options, resolve, fail));
      // As the client itself does it: a host key is known to nobody before the first connection.
      client.connect({
        host: machine.address,
        port: machine.sshPort,
        username: machine.sshUser,
        privateKey,
        readyTimeout: CONNECT_LIMIT,
      });
    });
  } finally {
    signal.removeEventListener('abort', end);
    client.end();
  }
}

function execute(
  client: Client,
  script: string,
  { onLine, environment = {}, input }: ScriptOptions,
  resolve: (result: ScriptResult) => void,
  fail: (error: unknown) => void,
): void {
  client.exec('sh', (error, channel) => {
    if (error !== undefined) {
      fail(error);
      return;
    }
    let output = '';
    const reader = new LineReader(onLine);
    const take = (part: string): void => {
      if (output.length < LONGEST_OUTPUT) output += part;
      reader.push(part);
    };
    channel.setEncoding('utf8').on('data', take);
    channel.stderr.setEncoding('utf8').on('data', take);
    channel.on('close', (code: unknown) => {
      reader.end();
      resolve({ code: typeof code === 'number' ? code : 255, output });
    });
    channel.end(scriptInput(script, environment, input));
  });
}

/** In braces, so that the shell has read all of it before a command can read from its input. */
export function scriptInput(
  script: string,
  environment: Readonly<Record<string, string>>,
  input?: string,
): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const from = input === undefined ? '</dev/null' : `<<'${END}'\n${input.replace(/\n?$/, '\n')}${END}`;
  return `set -e\n${exports.join('')}{\n${script}\n} ${from}\n`;
}

const END = 'END-OF-INPUT-7c1e';

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function problem(attempted: string, cause: unknown): OperationError {
  if (cause instanceof OperationError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new OperationError({ code: 'unreachable', attempted, problem: text, cause });
}
