import { Pipe } from '../os/pipe.js';
import type { StandardStreams } from '../os/process.js';
import { Collector, InputStream, OutputStream } from '../os/streams.js';
import type { Shell, Substitutions } from './state/shell.js';
import type { Script } from './grammar/syntax.js';

const FIRST_DESCRIPTOR = 63;

/** The `<(…)` and `>(…)` of one shell and its subshells. */
export class ProcessSubstitutions implements Substitutions {
  readonly #pipes = new Map<string, Pipe>();
  readonly #files: string[] = [];
  readonly #jobs: Promise<unknown>[] = [];
  #next = FIRST_DESCRIPTOR;

  /** Gives the path that stands for the script's input or output. */
  async connect(
    shell: Shell,
    direction: 'read' | 'write',
    script: Script,
    streams: StandardStreams,
  ): Promise<string> {
    const path = `/dev/fd/${this.#next--}`;
    if (direction === 'write') {
      const pipe = new Pipe();
      const job = shell.subshell(script, { ...streams, stdin: new InputStream(pipe) });
      this.#pipes.set(path, pipe);
      this.#jobs.push(job.catch(() => undefined).finally(() => pipe.closeRead()));
      return path;
    }
    // Read from the beginning to the end is all that is ever done with one: its output as a file will do.
    const output = new Collector();
    await shell.subshell(script, { ...streams, stdout: new OutputStream(output) });
    const { fs } = shell.process.system;
    fs.mkdirs('/dev/fd');
    fs.writeFile(path, output.text(), undefined, 0o644);
    this.#files.push(path);
    return path;
  }

  /** The pipe behind a path, for a program that opens it for writing. */
  pipe(path: string): Pipe | undefined {
    return this.#pipes.get(path);
  }

  /** The shell ends: the scripts see the end of their input, and are waited for. */
  async close(shell: Shell): Promise<void> {
    const { fs } = shell.process.system;
    for (const pipe of this.#pipes.values()) pipe.closeWrite();
    for (const path of this.#files) if (fs.find(path) !== undefined) fs.remove(path);
    await Promise.all(this.#jobs);
  }
}
