import { writeFile } from 'node:fs/promises';
import { Argument, Command, CommanderError } from 'commander';
import { hasCode, hasSystemCode, OperationError } from '../support/index.js';
import { addAnnounce } from './setup/announce-command.js';
import { addAttachment, addSnapshots } from './attachment-commands.js';
import { commandLog } from './command-log.js';
import { loadSettings, type SharedOptions } from './command-session.js';
import { COMPLETION_SHELLS, completionText } from './completion-text.js';
import { DEFAULT_SETTINGS_FILE, settingsPath } from './config/settings-file.js';
import { settingsTemplate } from './config/settings-schema.js';
import { addDoctor } from './doctor/doctor-command.js';
import { addFrontEnds } from './front-ends.js';
import { jsonText, withJson } from './output.js';
import { addSetupCommand } from './setup/setup-command.js';
import { addStartContainers } from './setup/start-containers-command.js';
import { addVolumeLife, type AddCommand } from './volume-life.js';
import { VOLUME_EXIT, type CommandRuntime, type VolumeRuntime } from './volume-runtime.js';

/** Runs one command line; resolves with the exit code: 0 done, 1 failed, 2 options or settings are wrong, 130 interrupted. */
export async function runVolumeCommands(runtime: VolumeRuntime): Promise<number> {
  const outcome = { code: VOLUME_EXIT.ok as number };
  const log = commandLog(runtime.errors);
  try {
    const program = volumeProgram({ ...runtime, log }, (code) => (outcome.code = code));
    await program.parseAsync(runtime.args, { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? VOLUME_EXIT.ok : VOLUME_EXIT.badInput;
    log.info(`nutanix-volume: ${inWords(error, runtime)}`);
    if (runtime.stop.aborted) return VOLUME_EXIT.interrupted;
    return hasCode(error, 'invalid-input') ? VOLUME_EXIT.badInput : VOLUME_EXIT.failed;
  } finally {
    await log.flush();
  }
}

const EXIT_CODES_HELP =
  '\nExit codes: 0 done, 1 failed, 2 options or settings are wrong, 130 interrupted.\nResults go to standard output, progress and errors to standard error.';

/** Of another user than root most commands fail at the first file that is root's. */
function inWords(error: unknown, { args, isRoot }: VolumeRuntime): string {
  const known = OperationError.from(error, args[0] ?? 'run');
  const isRefused = hasSystemCode(error, 'EACCES', 'EPERM') || hasSystemCode(known.cause, 'EACCES', 'EPERM');
  return (isRefused && !isRoot ? known.with({ advice: 'Run it with sudo: only root can.' }) : known).message;
}

function volumeProgram(runtime: CommandRuntime, finish: (code: number) => void): Command {
  const { version, print, errors } = runtime;
  const named = `nutanix-volume ${version}`;
  const complain = (text: string): void => errors.write(Buffer.from(`${text.trimEnd()}\n`), false);
  const program = new Command('nutanix-volume')
    .description(
      'Volumes for containers on Nutanix: a Docker volume plugin, a CSI driver, and commands for both.',
    )
    .version(named, '--version', 'print name and version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand('help [command]', 'print what a command takes')
    .showHelpAfterError('(--help behind the command prints what it takes)')
    .addHelpText('after', EXIT_CODES_HELP)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: complain });
  const addTo =
    (parent: Command): AddCommand =>
    (name, description, { readsSettings = true } = {}) => {
      const settings = `settings (default: $NUTANIX_VOLUME_CONFIG or ${DEFAULT_SETTINGS_FILE})`;
      const command = parent
        .command(name)
        .description(description)
        .helpOption('-h, --help', 'print this text')
        .option('--verbose', 'more lines on standard error')
        .on('option:verbose', () => runtime.log.beVerbose());
      return readsSettings ? command.option('--config <file>', settings) : command;
    };
  const add = addTo(program);
  addFrontEnds(add, runtime);
  addAnnounce(add, runtime);
  addStartContainers(add, runtime);
  addVolumeLife(add, runtime, finish);
  const snapshot = program
    .command('snapshot')
    .description('snapshots of volumes')
    .helpOption('-h, --help', 'print this text');
  addSnapshots(addTo(snapshot), { runtime });
  addAttachment(add, runtime);
  addDoctor(add, runtime, finish);
  addSetupCommand(add, runtime);
  const config = program
    .command('config')
    .description('the settings of this host')
    .helpOption('-h, --help', 'print this text');
  addConfig(addTo(config), runtime);
  program
    .command('version')
    .description('print name and version')
    .helpOption('-h, --help', 'print this text')
    .action(() => print(`${named}\n`));
  program
    .command('completion')
    .description('print a completion script for a shell')
    .helpOption('-h, --help', 'print this text')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .action((shell: (typeof COMPLETION_SHELLS)[number]) => print(completionText(program, shell)));
  return program;
}

/** config init, config check. */
function addConfig(add: AddCommand, runtime: CommandRuntime): void {
  const { environment, print } = runtime;
  add('init', 'write a file of settings to begin with, mode 0600, where --config says')
    .option('--print', 'print it instead')
    .action(async (options: SharedOptions & { readonly print?: boolean }) => {
      if (options.print === true) {
        print(settingsTemplate());
        return;
      }
      const path = settingsPath(options.config, environment);
      await writeFile(path, settingsTemplate(), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
        const exists = hasSystemCode(error, 'EEXIST');
        const problem = exists ? 'it exists, and is left as it is' : OperationError.from(error, '').problem;
        throw new OperationError({
          code: 'invalid-input',
          attempted: `write ${path}`,
          problem,
          cause: error,
        });
      });
      print(`${path}\n`);
    });
  withJson(add('check', 'read the settings and say what is wrong with them; nothing is sent')).action(
    async (options: SharedOptions) => {
      const { log } = runtime;
      const { connection, ...settings } = await loadSettings(runtime, options);
      const { host, port, credentials, trust } = connection;
      const user = credentials.kind === 'password' ? credentials.username : 'API key';
      const shown = { ...settings, prismCentral: `${host}:${port}`, user, trust: trust.kind };
      const lines = Object.entries(shown).flatMap(([key, value]) =>
        value === undefined ? [] : [`${key}: ${value}\n`],
      );
      print(options.json === true ? jsonText(shown) : lines.join(''));
      await log.flush();
    },
  );
}
