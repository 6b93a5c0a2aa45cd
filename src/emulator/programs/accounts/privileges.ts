import { execute, findProgram, UsageError } from '../../os/execute.js';
import type { Process, Program } from '../../os/process.js';
import { sudoRight, type User } from '../../os/accounts.js';
import { launch } from '../launch.js';
import { parseOptions } from '../options.js';

const SECURE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin';
const SUDO_OPTIONS = 'E|preserve-env H|set-home n|non-interactive i|login s|shell u|user:';

const sudo: Program = async (process) => {
  const options = parseOptions(process.args, SUDO_OPTIONS, { stopAtOperand: true });
  const target = userNamed(process, options.value('u') ?? 'root');
  const right = sudoRight(process.system.fs, process.system.accounts, process.user);
  if (right !== 'free') return refuse(process, right, options.has('n'));
  const { variables, command } = splitAssignments(options.operands);
  const env = new Map([
    ...(options.has('E')
      ? process.env
      : [...process.env].filter(([name]) => name === 'TERM' || name === 'LANG')),
    ...identity(target),
    ['PATH', SECURE_PATH],
    ['SUDO_USER', process.user.name],
    ['SUDO_UID', String(process.user.uid)],
    ...variables,
  ]);
  if (options.has('E') && !options.has('H')) env.set('HOME', process.env.get('HOME') ?? target.home);
  const shell = options.has('i', 's');
  const words = command.length === 0 && shell ? [] : command;
  if (words.length === 0 && !shell) return options.has('v', 'k', 'l') ? 0 : usage(process);
  const args = shell ? [target.shell, ...(words.length > 0 ? ['-c', words.join(' ')] : [])] : words;
  const child = {
    ...process,
    user: target,
    env,
    args,
    cwd: options.has('i') ? target.home : process.cwd,
    depth: process.depth + 1,
  };
  const found = findProgram(child, args[0] ?? '');
  if (found !== undefined) return execute(child, found);
  await process.stderr.line(`sudo: ${args[0] ?? ''}: command not found`);
  return 1;
};

async function usage(process: Process): Promise<number> {
  await process.stderr.line('usage: sudo [-EHin] [-u user] [VAR=value] [-i | -s] [command [arg ...]]');
  return 1;
}

async function refuse(process: Process, right: 'password' | 'none', quiet: boolean): Promise<number> {
  if (quiet) await process.stderr.line('sudo: a password is required');
  else if (right === 'none') await process.stderr.line(`${process.user.name} is not in the sudoers file.`);
  else
    await process.stderr.line(
      'sudo: a terminal is required to read the password\nsudo: a password is required',
    );
  return 1;
}

function identity({ name, home, shell }: User): [string, string][] {
  return [
    ['HOME', home],
    ['USER', name],
    ['LOGNAME', name],
    ['SHELL', shell],
  ];
}

function splitAssignments(words: readonly string[]): {
  variables: [string, string][];
  command: readonly string[];
} {
  const variables: [string, string][] = [];
  for (const [index, word] of words.entries()) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) return { variables, command: words.slice(index) };
    variables.push([name, value]);
  }
  return { variables, command: [] };
}

function userNamed(process: Process, name: string): User {
  const user = process.system.accounts.user(name);
  if (user === undefined) throw new UsageError(`unknown user ${name}`);
  return user;
}

const env: Program = async (process) => {
  const options = parseOptions(process.args, 'i u:', { stopAtOperand: true, status: 125 });
  const { variables, command } = splitAssignments(options.operands);
  const kept = [...process.env].filter(([name]) => !options.has('i') && !options.values('u').includes(name));
  const variablesNow = new Map([...kept, ...variables]);
  if (command.length > 0) return launch({ ...process, env: variablesNow }, command, (name) => `'${name}'`);
  for (const [name, value] of variablesNow) await process.stdout.line(`${name}=${value}`);
  return 0;
};

const printenv: Program = async (process) => {
  const [, wanted] = process.args;
  if (wanted === undefined) return env(process);
  const value = process.env.get(wanted);
  if (value === undefined) return 1;
  await process.stdout.line(value);
  return 0;
};

/** Programs that only change how the next one runs, in ways that do not show here. */
function prefix(synopsis: string): Program {
  return (process) => {
    const { operands } = parseOptions(process.args, synopsis, { stopAtOperand: true, status: 125 });
    if (operands.length === 0) throw new UsageError('missing operand', 125);
    return launch(process, operands, (name) => `failed to run command '${name}'`);
  };
}

export const privilegePrograms: Readonly<Record<string, Program>> = {
  sudo,
  env,
  printenv,
  nohup: prefix(''),
  nice: prefix('n:'),
  setsid: prefix('f w'),
  stdbuf: prefix('o: e: i:'),
};
