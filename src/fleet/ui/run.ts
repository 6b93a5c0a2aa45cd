import { Argument, Command, CommanderError, Option } from 'commander';
import { namesInFile } from '../declaration/names-in-file.js';
import { BadFile } from '../declaration/problem.js';
import { fleetJsonSchema } from '../declaration/schema.js';
import { OperationError } from '../../support/index.js';
import { adoptCommand } from './adopt-command.js';
import { applyCommand, planCommand, type ApplyOptions } from './apply-command.js';
import { completionScript, HOST_NAMES, SHELLS, type CompletionShell } from './completion.js';
import { destroyCommand, type DestroyOptions } from './destroy-command.js';
import type { FleetOptions } from './open-fleet.js';
import { addInit } from './init-command.js';
import { addOrphans } from './orphans-command.js';
import { NotReady } from '../preflight/not-ready.js';
import { passThrough } from './pass-through.js';
import { statusCommand } from './status-command.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

/** Runs one command line; resolves with the exit code: 0 all as declared, 1 some failed, 2 bad file or options. */
export async function runFleet(runtime: FleetRuntime): Promise<number> {
  const { args, complain, stop } = runtime;
  const outcome = { code: EXIT.ok as number };
  try {
    await programFor(runtime, (code) => (outcome.code = code)).parseAsync(args, { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badFile;
    if (error instanceof BadFile || error instanceof NotReady) {
      for (const line of error.message.split('\n')) complain(line);
      return EXIT.badFile;
    }
    complain(OperationError.from(error, 'nutanix-hosts').message);
    return stop.aborted ? EXIT.interrupted : EXIT.failed;
  }
}

function programFor(runtime: FleetRuntime, exit: (code: number) => void): Command {
  const { version, out, complain } = runtime;
  const program = new Command('nutanix-hosts')
    .description('Docker hosts on Nutanix AHV from one file, made by docker-machine in parallel.')
    .version(`nutanix-hosts ${version}`, '--version', 'print name and version')
    .helpOption('--help', 'print this text')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => complain(text.trimEnd()) });
  const onFleet = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .helpOption('--help', 'print this text')
      .option('-f, --file <file>', 'the declaration', 'hosts.yaml')
      .option('--json', 'print events and results as JSON, one object on a line');
  addInit(program, runtime, exit);
  onFleet('apply', 'make what is missing; run again it changes nothing')
    .option('--rollback', 'if anything fails, remove what this run made')
    .addOption(
      new Option('--recreate', 'replace hosts whose declaration has changed, one after the other').conflicts(
        'rollback',
      ),
    )
    .addOption(new Option('--resize', 'change CPU and memory of hosts where they are').conflicts('rollback'))
    .option('--prune', 'at the end, remove hosts that are not in the file any more')
    .option('--yes', 'do not ask before hosts are replaced, restarted or removed')
    .option('--lose-swarm', 'replace also the only host of a swarm, whose secrets and services end with it')
    .action(async (options: ApplyOptions) => exit(await applyCommand(runtime, options)));
  onFleet('plan', 'show what apply would do')
    .option('--recreate', 'as with apply')
    .option('--resize', 'as with apply')
    .option('--prune', 'as with apply')
    .action(async (options: FleetOptions) => exit(await planCommand(runtime, options)));
  onFleet('destroy', 'remove the hosts of the fleet, also those that are not in the file any more')
    .option('--fleet <name>', 'another fleet of this machine store, such as the former name of this one')
    .option('--yes', 'do not ask')
    .action(async (options: DestroyOptions) => exit(await destroyCommand(runtime, options)));
  onFleet('status', 'declared against real: VM, address, SSH, engine, swarm, and the checks').action(
    async (options: FleetOptions) => exit(await statusCommand(runtime, options)),
  );
  onFleet('adopt', 'let this tool work on hosts of the file that it did not make')
    .argument('<host...>')
    .action(async (hosts: string[], options: FleetOptions) =>
      exit(await adoptCommand(runtime, { ...options, hosts })),
    );
  addOrphans(program, runtime, exit);
  addPassThrough(program, runtime, exit);
  program
    .command('schema')
    .description('print the JSON Schema of the file, for editors')
    .action(() => out.write(`${JSON.stringify(fleetJsonSchema(), undefined, 2)}\n`));
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: CompletionShell) => out.write(completionScript(program, shell)));
  program
    .command(HOST_NAMES, { hidden: true })
    .description('print the names of the hosts of a file, which may be half written')
    .option('-f, --file <file>', 'the declaration', 'hosts.yaml')
    .action(async ({ file }: FleetOptions) => {
      out.write((await namesInFile(file)).map((name) => `${name}\n`).join(''));
    });
  return program;
}

/** Commands of the client for one host of the file. */
function addPassThrough(program: Command, runtime: FleetRuntime, exit: (code: number) => void): void {
  program
    .command('ssh')
    .description('a shell, or one command, on a host')
    .argument('<host>')
    .argument('[command...]')
    .option('-f, --file <file>', 'the declaration', 'hosts.yaml')
    .passThroughOptions()
    .action(async (host: string, rest: string[], { file }: FleetOptions) =>
      exit(await passThrough(runtime, 'ssh', { file, host, rest })),
    );
  program
    .command('env')
    .description('what to evaluate so that docker talks to a host')
    .argument('<host>')
    .option('-f, --file <file>', 'the declaration', 'hosts.yaml')
    .action(async (host: string, { file }: FleetOptions) =>
      exit(await passThrough(runtime, 'env', { file, host, rest: [] })),
    );
}
