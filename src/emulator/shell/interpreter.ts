import { Errno } from '../filesystem/index.js';
import { execute, ExecuteError, findProgram } from '../os/execute.js';
import type { Process, StandardStreams } from '../os/process.js';
import { Collector, empty, InputStream, OutputStream } from '../os/streams.js';
import { runCompound } from './compound.js';
import { Expansion, ExpansionError } from './expansion/expansion.js';
import { Flow } from './state/flow.js';
import { runPiped } from './pipeline.js';
import { openRedirects } from './redirects.js';
import { scopeOf } from './scope.js';
import type { Builtins, Shell, Substitutions } from './state/shell.js';
import type { ShellState } from './state/shell-state.js';
import type { AndOrList, Command, Pipeline, Script, SimpleCommand } from './grammar/syntax.js';

/** What a shell is made of. */
export interface ShellParts extends Pick<Shell, 'process' | 'state' | 'streams' | 'builtins'> {
  readonly substitutions: Substitutions;
  /** How many programs and shells wait for this one. */
  readonly depth: number;
}

/** Runs a script's syntax tree: one shell, with its state, inside one process of a guest. */
export class Interpreter implements Shell {
  readonly process: Process;
  readonly state: ShellState;
  readonly streams: Shell['streams'];
  readonly builtins: Builtins;
  readonly substitutions: Substitutions;
  readonly expansion: Expansion;
  readonly #depth: number;
  #nesting = 0;
  /** Greater than zero while a failing command is part of a condition: `set -e` does not count then. */
  #conditions = 0;
  #background: Promise<unknown>[] = [];

  constructor(parts: ShellParts) {
    this.process = parts.process;
    this.state = parts.state;
    this.streams = parts.streams;
    this.builtins = parts.builtins;
    this.substitutions = parts.substitutions;
    this.#depth = parts.depth;
    this.expansion = new Expansion(scopeOf(this));
    this.process.budget.depth(parts.depth);
  }

  /** Runs all of it; `exit` and `set -e` end it. Gives the exit status. */
  async main(script: Script): Promise<number> {
    try {
      return await this.script(script, this.streams);
    } catch (error) {
      if (error instanceof Flow) return error.kind === 'exit' ? error.value : this.state.status;
      if (!(error instanceof ExpansionError)) throw error;
      await this.complain(this.streams, error.message);
      return this.state.dialect === 'bash' ? 127 : 2;
    }
  }

  async script(script: Script, streams: StandardStreams): Promise<number> {
    this.state.status = script.length === 0 ? 0 : this.state.status;
    for (const list of script) {
      if (list.background) this.#start(list, streams);
      else await this.#andOr(list, streams);
    }
    return this.state.status;
  }

  /** Like `script`, for what stands after `if`, `while`, `until`. */
  async condition(script: Script, streams: StandardStreams): Promise<boolean> {
    this.#conditions++;
    try {
      return (await this.script(script, streams)) === 0;
    } finally {
      this.#conditions--;
    }
  }

  /** Runs a script in a shell of its own that begins as a copy of this one; gives the exit status. */
  async subshell(script: Script, streams: StandardStreams): Promise<number> {
    return this.process.budget.asProcess(async () => {
      const state = this.state.copy();
      const depth = this.#depth + 1;
      return new Interpreter({ ...this.#parts, state, streams: { ...streams }, depth }).main(script);
    });
  }

  get #parts(): Omit<ShellParts, 'depth'> {
    const { process, state, streams, builtins, substitutions } = this;
    return { process, state, streams, builtins, substitutions };
  }

  /** The output of `$(script)`. */
  async substitute(script: Script): Promise<string> {
    const output = new Collector();
    this.state.status = await this.subshell(script, { ...this.streams, stdout: new OutputStream(output) });
    return output.text();
  }

  /** Resolves when every background job has ended. */
  async waitForJobs(): Promise<void> {
    await Promise.all(this.#background.splice(0));
  }

  /** Prints a message the way this shell does: `bash: line 3: …`, `sh: 3: …`. */
  async complain(streams: StandardStreams, message: string, line = 1): Promise<void> {
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
      if (!tested) this.#exitOnError();
    }
  }

  #exitOnError(): void {
    const { options, status } = this.state;
    if (options.errexit && status !== 0 && this.#conditions === 0) throw new Flow('exit', status);
  }

  async #pipeline(pipeline: Pipeline, streams: StandardStreams): Promise<void> {
    const [only] = pipeline.commands;
    const alone = only !== undefined && pipeline.commands.length === 1;
    const status = alone
      ? await this.command(only, streams)
      : await runPiped(this, pipeline.commands, streams);
    this.state.status = pipeline.negated ? Number(status === 0) : status;
  }

  #start(list: AndOrList, streams: StandardStreams): void {
    const script = [{ ...list, background: false }];
    const job = this.subshell(script, { ...streams, stdin: new InputStream(empty) });
    this.#background.push(job.catch(() => undefined));
    this.state.status = 0;
  }

  async command(command: Command, streams: StandardStreams): Promise<number> {
    this.process.signal.throwIfAborted();
    await this.process.budget.step();
    switch (command.kind) {
      case 'simple':
        return this.#guarded(streams, command.line, () => this.#simple(command, streams));
      case 'compound':
        return this.#guarded(streams, 1, async () => {
          const redirected = await openRedirects(this, command.redirects, streams);
          return runCompound(this, command.body, redirected);
        });
      case 'function':
        this.state.functions.set(command.name, command.body);
        return 0;
    }
  }

  /** A system call's error ends the command, not the script. */
  async #guarded(streams: StandardStreams, line: number, run: () => Promise<number>): Promise<number> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      // The shell itself wrote to a pipe that nobody reads: SIGPIPE ends it.
      if (error.code === 'EPIPE') throw new Flow('exit', 141);
      await this.complain(streams, error.message, line);
      if (error instanceof ExecuteError) return error.code === 'ENOENT' ? 127 : 126;
      return 1;
    }
  }

  async #simple(command: SimpleCommand, streams: StandardStreams): Promise<number> {
    this.state.status = command.words.length === 0 ? 0 : this.state.status;
    const args = await this.expansion.fields(command.words);
    const values = new Map<string, string>();
    for (const { name, value } of command.assignments) values.set(name, await this.expansion.text(value));
    if (this.state.options.xtrace) await this.#trace(values, args, streams);
    const redirected = await openRedirects(this, command.redirects, streams);
    if (args.length === 0) {
      for (const [name, value] of values) this.state.set(name, value);
      return this.state.status;
    }
    return this.run(args, redirected, values, command.line);
  }

  /** Runs a function, builtin or program by name. `values` are variables for this command only. */
  async run(
    args: readonly string[],
    streams: StandardStreams,
    values: ReadonlyMap<string, string> = new Map(),
    line = 1,
  ): Promise<number> {
    const [name = ''] = args;
    const body = this.state.functions.get(name);
    const builtin = this.builtins.get(name);
    if (body !== undefined) return this.#callFunction(body, args.slice(1), streams);
    if (builtin !== undefined) return builtin({ shell: this, args, streams, line, values });
    const env = new Map([...this.state.exported(), ...values]);
    // One by one: what is handed on as streams may be a whole process.
    const { stdin, stdout, stderr } = streams;
    const { cwd } = this.state;
    const process = { ...this.process, stdin, stdout, stderr, args, env, cwd, depth: this.#depth + 1 };
    const found = findProgram(process, name);
    if (found !== undefined) return execute(process, found);
    await this.complain(
      streams,
      this.state.dialect === 'dash' ? `${name}: not found` : `${name}: command not found`,
      line,
    );
    return 127;
  }

  async #callFunction(
    body: Command,
    positional: readonly string[],
    streams: StandardStreams,
  ): Promise<number> {
    try {
      return await this.nested(() => this.state.inFunction(positional, () => this.command(body, streams)));
    } catch (error) {
      if (error instanceof Flow && error.kind === 'return') return error.value;
      throw error;
    }
  }

  /** Runs what can contain itself without a new shell: functions, `eval`, `.`; the nesting is bounded. */
  async nested(body: () => Promise<number>): Promise<number> {
    this.process.budget.depth(this.#depth + ++this.#nesting);
    try {
      return await body();
    } finally {
      this.#nesting--;
    }
  }

  async #trace(
    values: ReadonlyMap<string, string>,
    args: readonly string[],
    streams: StandardStreams,
  ): Promise<void> {
    const words = [...[...values].map(([name, value]) => `${name}=${value}`), ...args];
    await streams.stderr.line(`+ ${words.join(' ')}`);
  }
}
