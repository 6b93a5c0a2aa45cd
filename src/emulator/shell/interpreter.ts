import { Errno, isErrno } from '../filesystem/index.js';
import { execute, ExecuteError, findProgram } from '../os/execute.js';
import type { Process, StandardStreams } from '../os/process.js';
import { Collector, OutputStream } from '../os/streams.js';
import type { User } from '../os/accounts.js';
import { compoundExits, runCompound } from './compound.js';
import { Expansion, ExpansionError } from './expansion/expansion.js';
import { commandsOf } from './grammar/parser.js';
import {
  ShellSyntaxError,
  type AndOrList,
  type Command,
  type Pipeline,
  type Redirect,
  type Script,
  type SimpleCommand,
} from './grammar/syntax.js';
import { startJob } from './jobs.js';
import { notFound, messageOf, traceLines } from './messages.js';
import { runPiped } from './pipeline.js';
import { openRedirects, RedirectError } from './redirects.js';
import { scopeOf } from './scope.js';
import {
  Flow,
  type Builtin,
  type BuiltinCall,
  type Builtins,
  type Shell,
  type Substitutions,
} from './state/shell.js';
import type { ShellState } from './state/shell-state.js';

/** What an interpreter is made of. */
export interface InterpreterParts extends Pick<
  Interpreter,
  'process' | 'state' | 'builtins' | 'substitutions'
> {
  readonly streams: StandardStreams;
  readonly depth: number;
  /** Its failing commands are part of a condition of the shell around it. */
  readonly tested?: boolean | undefined;
  readonly subshell?: boolean | undefined;
  readonly line?: number | undefined;
}

/** Runs a script's syntax tree: one shell, with its state, inside one process of a guest. */
export class Interpreter implements Shell {
  readonly process: Process;
  readonly state: ShellState;
  readonly streams: { -readonly [Name in keyof StandardStreams]: StandardStreams[Name] };
  readonly builtins: Builtins;
  readonly substitutions: Substitutions;
  readonly expansion: Expansion;
  line: number;
  loops = 0;
  readonly #depth: number;
  readonly #subshell: boolean;
  #nesting = 0;
  /** Greater than zero while a failing command is part of a condition: `set -e` does not count then. */
  #conditions: number;
  /** The status of the last `$(…)` of the command that runs. */
  #substituted: number | undefined;

  constructor(parts: InterpreterParts) {
    this.process = parts.process;
    this.state = parts.state;
    this.streams = { ...parts.streams };
    this.builtins = parts.builtins;
    this.substitutions = parts.substitutions;
    this.line = parts.line ?? 1;
    this.#depth = parts.depth;
    this.#subshell = parts.subshell ?? false;
    this.#conditions = parts.tested === true ? 1 : 0;
    this.expansion = new Expansion(scopeOf(this));
    this.process.budget.depth(this.#depth);
  }

  get user(): User {
    return { ...this.process.user, umask: this.state.umask };
  }

  /** Runs a shell's whole life: `exit`, errors and `set -e` end it, the trap for the end runs. Gives the status. */
  async main(body: () => Promise<number>): Promise<number> {
    const { state } = this;
    state.status = await this.#ended(body);
    const action = state.traps.get('EXIT') ?? '';
    state.traps.delete('EXIT');
    if (action === '') return state.status;
    const { status } = state;
    return this.#ended(async () => {
      await this.text(action);
      return status;
    });
  }

  async #ended(body: () => Promise<number>): Promise<number> {
    try {
      return await body();
    } catch (error) {
      if (error instanceof Flow) return error.kind === 'exit' || error.kind === 'return' ? error.value : 0;
      return this.failed(error);
    }
  }

  /** Prints what ended a script and gives its status; throws what is no error of a script. */
  async failed(error: unknown): Promise<number> {
    const bash = this.state.dialect === 'bash';
    if (error instanceof ShellSyntaxError) {
      const { name, dialect, fromCommandLine } = this.state;
      const where = dialect === 'dash' ? `${name}: ` : `${name}: ${fromCommandLine ? '-c: ' : ''}line `;
      for (const message of error.message.split('\n'))
        await this.streams.stderr.line(`${where}${error.line}: ${message}`);
      return 2;
    }
    if (!(error instanceof ExpansionError)) throw error;
    await this.complain(this.streams, error.message);
    if (!bash) return 2;
    return this.#subshell ? 1 : error.status;
  }

  /** Runs a script's text line by line, so that what stands before a syntax error runs. Gives the status. */
  async text(text: string, streams: StandardStreams = this.streams): Promise<number> {
    const { dialect } = this.state;
    let empty = true;
    for (const script of commandsOf(text, { dialect })) {
      empty = false;
      await this.script(script, streams);
    }
    if (empty) this.state.status = 0;
    return this.state.status;
  }

  async script(script: Script, streams: StandardStreams): Promise<number> {
    for (const list of script) {
      if (list.background) startJob(this, list, streams);
      else await this.#andOr(list, streams);
    }
    return this.state.status;
  }

  async condition(script: Script, streams: StandardStreams): Promise<boolean> {
    this.#conditions++;
    try {
      return (await this.script(script, streams)) === 0;
    } finally {
      this.#conditions--;
    }
  }

  /** A shell of its own that begins as a copy of this one. */
  #child(streams: StandardStreams, process = this.process): Interpreter {
    const { state, builtins, substitutions, line } = this;
    return new Interpreter({
      process,
      state: state.copy(),
      streams,
      builtins,
      substitutions,
      depth: this.#depth + 1,
      tested: this.#conditions > 0,
      subshell: true,
      line,
    });
  }

  async subshell(script: Script, streams: StandardStreams, process?: Process): Promise<number> {
    return this.process.budget.asProcess(async () => {
      const shell = this.#child(streams, process);
      return shell.main(() => shell.script(script, shell.streams));
    });
  }

  async substitute(script: Script): Promise<string> {
    const file = this.state.dialect === 'bash' ? onlyInput(script) : undefined;
    if (file !== undefined) return this.#content(file);
    const output = new Collector();
    await this.process.budget.asProcess(async () => {
      const shell = this.#child({ ...this.streams, stdout: new OutputStream(output) });
      // bash's `set -e` does not reach into a substitution.
      if (this.state.dialect === 'bash') shell.state.options.errexit = false;
      this.#substituted = await shell.main(() => shell.script(script, shell.streams));
    });
    return output.text();
  }

  /** `$(< file)` of bash. */
  async #content(redirect: Redirect): Promise<string> {
    this.#substituted = 1;
    const { stdin } = await openRedirects(this, [redirect], this.streams);
    this.#substituted = 0;
    return (await stdin.readAll()).toString('utf8');
  }

  async complain(streams: StandardStreams, message: string, line = this.line): Promise<void> {
    const { name, dialect } = this.state;
    const at = dialect === 'dash' ? `${line}` : `line ${line}`;
    await streams.stderr.line(`${name}: ${at}: ${message}`);
  }

  async #andOr(list: AndOrList, streams: StandardStreams): Promise<void> {
    const last = list.parts.length - 1;
    for (const [index, { operator, pipeline }] of list.parts.entries()) {
      if (operator === '&&' && this.state.status !== 0) continue;
      if (operator === '||' && this.state.status === 0) continue;
      const tested = index < last || pipeline.negated;
      if (tested) this.#conditions++;
      try {
        await this.#pipeline(pipeline, streams);
      } finally {
        if (tested) this.#conditions--;
      }
      if (!tested && exitsOnError(pipeline)) await this.#onError(streams);
    }
  }

  /** A command failed, and no construct tests its status: bash's trap for it, then `set -e`. */
  async #onError(streams: StandardStreams): Promise<void> {
    const { options, status, traps } = this.state;
    if (status === 0 || this.#conditions > 0) return;
    const action = traps.get('ERR') ?? '';
    if (action !== '') {
      await this.condition([...commandsOf(action, { dialect: 'bash' })].flat(), streams);
      this.state.status = status;
    }
    if (options.errexit) throw new Flow('exit', status);
  }

  async #pipeline(pipeline: Pipeline, streams: StandardStreams): Promise<void> {
    const [only] = pipeline.commands;
    const alone = only !== undefined && pipeline.commands.length === 1;
    const status = alone
      ? await this.command(only, streams)
      : await runPiped(this, pipeline.commands, streams);
    this.state.status = pipeline.negated ? Number(status === 0) : status;
  }

  async command(command: Command, streams: StandardStreams): Promise<number> {
    this.process.signal.throwIfAborted();
    await this.process.budget.step();
    if (this.state.options.noexec) return 0;
    if (command.kind === 'function') {
      this.state.functions.set(command.name, command.body);
      return 0;
    }
    this.line = command.line;
    return this.#guarded(streams, async () => {
      if (command.kind === 'simple') return this.#simple(command, streams);
      const redirected = await openRedirects(this, command.redirects, streams);
      return runCompound(this, command.body, redirected);
    });
  }

  /** A system call's error ends the command, not the script. */
  async #guarded(streams: StandardStreams, run: () => Promise<number>): Promise<number> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      // The shell itself wrote to a pipe without a reader: SIGPIPE ends it.
      if (error.code === 'EPIPE') throw new Flow('exit', 141);
      const { dialect } = this.state;
      const told = error instanceof RedirectError ? (error.streams ?? streams) : streams;
      await this.complain(told, messageOf(error, dialect));
      if (error instanceof ExecuteError) return error.code === 'ENOENT' ? 127 : 126;
      return dialect === 'dash' && error instanceof RedirectError ? 2 : 1;
    }
  }

  async #simple(command: SimpleCommand, streams: StandardStreams): Promise<number> {
    this.#substituted = undefined;
    const args = await this.expansion.fields(command.words);
    const [name] = args;
    const special = name !== undefined && this.isSpecial(name);
    const finish = async (assigned: readonly string[]) => {
      if (this.state.options.xtrace)
        for (const line of traceLines(this.state, assigned, args)) await streams.stderr.line(line);
      const redirected = await this.#redirected(command, streams, special);
      return name === undefined ? (this.#substituted ?? 0) : this.run(args, redirected);
    };
    if (name === undefined || special) return finish(await this.#assign(command, name === 'exec'));
    const names = command.assignments.map((assignment) => assignment.name);
    return this.state.keeping(names, async () => finish(await this.#assign(command, true)));
  }

  /** Makes a command's assignments one after the other; gives them as `name=value`. */
  async #assign({ assignments }: SimpleCommand, exported: boolean): Promise<string[]> {
    const assigned: string[] = [];
    for (const { name, value, append } of assignments) {
      const text = await this.expansion.value(value);
      const whole = append ? `${this.state.get(name) ?? ''}${text}` : text;
      if (exported) this.state.set(name, whole, true);
      else this.state.set(name, whole);
      assigned.push(`${name}=${whole}`);
    }
    return assigned;
  }

  async #redirected(
    { redirects }: SimpleCommand,
    streams: StandardStreams,
    special: boolean,
  ): Promise<StandardStreams> {
    try {
      return await openRedirects(this, redirects, streams);
    } catch (error) {
      if (!special || !(error instanceof RedirectError)) throw error;
      await this.complain(streams, messageOf(error, 'dash'));
      throw new Flow('exit', 2);
    }
  }

  isSpecial(name: string): boolean {
    const { dialect, functions } = this.state;
    return dialect === 'dash' && this.builtins.isSpecial(name) && !functions.has(name);
  }

  async run(
    args: readonly string[],
    streams: StandardStreams,
    plain = false,
    described: (message: string) => string = (message) => message,
  ): Promise<number> {
    const [name = ''] = args;
    const body = plain ? undefined : this.state.functions.get(name);
    if (body !== undefined) return this.#callFunction(body, args.slice(1), streams);
    const builtin = this.builtins.find(name, this.state.dialect);
    if (builtin !== undefined)
      return this.#callBuiltin({ shell: this, args, streams, command: plain }, builtin);
    const env = this.state.exported();
    // One by one: what is handed on as streams may be a whole process.
    const { stdin, stdout, stderr, further } = streams;
    const { cwd } = this.state;
    const own = { args, env, cwd, user: this.user, depth: this.#depth + 1 };
    const process = { ...this.process, stdin, stdout, stderr, further, ...own };
    const found = findProgram(process, name);
    if (found !== undefined) return execute(process, found);
    const { message, status } = notFound(this, name);
    await this.complain(streams, described(message));
    return status;
  }

  async #callBuiltin(call: BuiltinCall, builtin: Builtin): Promise<number> {
    try {
      return await builtin(call);
    } catch (error) {
      if (!isErrno(error, 'EBADF')) throw error;
      const [name = ''] = call.args;
      const dash = this.state.dialect === 'dash';
      await this.complain(
        call.streams,
        dash ? `${name}: ${name}: I/O error` : `${name}: write error: ${error.message}`,
      );
      return 1;
    }
  }

  async #callFunction(
    body: Command,
    positional: readonly string[],
    streams: StandardStreams,
  ): Promise<number> {
    const { loops } = this;
    this.loops = 0;
    try {
      return await this.nested(() => this.state.callFunction(positional, () => this.command(body, streams)));
    } catch (error) {
      if (error instanceof Flow && error.kind === 'return') return error.value;
      throw error;
    } finally {
      this.loops = loops;
    }
  }

  async nested(body: () => Promise<number>): Promise<number> {
    this.process.budget.depth(this.#depth + ++this.#nesting);
    try {
      return await body();
    } finally {
      this.#nesting--;
    }
  }
}

/** The redirection of a script that is `< file` and nothing else. */
function onlyInput(script: Script): Redirect | undefined {
  const [list, ...others] = script;
  const [command] = list?.parts[0]?.pipeline.commands ?? [];
  if (command?.kind !== 'simple' || others.length > 0 || command.words.length > 0) return undefined;
  const [redirect, ...more] = command.redirects;
  return more.length === 0 && redirect?.operator === '<' ? redirect : undefined;
}

/** Whether a failure of the pipeline ends a script with `set -e`: what failed inside a compound command did before. */
function exitsOnError({ commands }: Pipeline): boolean {
  const [only] = commands;
  return (
    commands.length > 1 || only?.kind === 'simple' || (only?.kind === 'compound' && compoundExits(only.body))
  );
}
