import { Pipe } from '../os/pipe.js';
import type { StandardStreams } from '../os/process.js';
import { InputStream, OutputStream } from '../os/streams.js';
import type { Shell } from './state/shell.js';
import type { AndOrList, Command } from './grammar/syntax.js';

/** Runs the commands of a pipeline at the same time, each in a subshell of its own; gives the exit status. */
export async function runPiped(
  shell: Shell,
  commands: readonly Command[],
  streams: StandardStreams,
): Promise<number> {
  const pipes = commands.slice(1).map(() => new Pipe());
  const statuses = await Promise.all(
    commands.map(async (command, index) => {
      const [before, after] = [pipes[index - 1], pipes[index]];
      try {
        return await shell.subshell([alone(command)], {
          ...streams,
          stdin: before === undefined ? streams.stdin : new InputStream(before),
          stdout: after === undefined ? streams.stdout : new OutputStream(after),
          stderr: streams.stderr,
        });
      } finally {
        before?.closeRead();
        after?.closeWrite();
      }
    }),
  );
  const failed = statuses.findLast((status) => status !== 0) ?? 0;
  return shell.state.options.pipefail ? failed : (statuses.at(-1) ?? 0);
}

function alone(command: Command): AndOrList {
  const pipeline = { negated: false, commands: [command] };
  return { background: false, parts: [{ operator: undefined, pipeline }] };
}
