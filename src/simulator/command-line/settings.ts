import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { OperationError } from '../../support/index.js';
import { DEFAULT_SUBNET_CIDR } from '../core/inventory/preset.js';
import { managedRange } from '../core/inventory/subnet-range.js';
import type { ProfileName } from '../core/latency.js';
import { DEFAULT_PC_VERSION, parsePcVersion } from '../core/pc-version.js';
import { API_NAMES, type ApiName } from '../http/api.js';
import { GUEST_IMAGE } from '../guests/container/labels.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;

export interface LogSettings {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `text`: time, level and line, for a terminal; `json`: one object a line, for programs that collect logs. */
  readonly format: (typeof LOG_FORMATS)[number];
}

/** Guests with addresses and ports of their own. */
const FOR_REAL_GUESTS = { subnet: '10.77.0.0/24', sshPort: 22 } as const;

/** What the command line of `prism-simulator` asks for. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | undefined;
  readonly apiKey: string | undefined;
  readonly profile: ProfileName;
  readonly pcVersion: string;
  readonly guests: 'emulated' | 'container' | 'qemu' | 'none';
  readonly sshPort: number;
  readonly subnet: string;
  /** Of the engine for container guests. */
  readonly dockerHost: string | undefined;
  /** Of container guests, their image; of qemu guests, the folder of theirs. */
  readonly guestImage: string;
  readonly guestInternet: boolean;
  readonly rateLimit: number | undefined;
  /** Absent = all that the version has. */
  readonly api: readonly ApiName[] | undefined;
  /** `recorded`, `none`, or a file. */
  readonly v4Limits: string;
  readonly faults: string | undefined;
  readonly state: string | undefined;
  readonly environmentFile: string | undefined;
  readonly caFile: string | undefined;
  readonly log: LogSettings['level'];
  readonly logFormat: LogSettings['format'];
}

/** What to do: run, or print a text (help, version) and end. */
export type CommandLine =
  { readonly kind: 'run'; readonly settings: Settings } | { readonly kind: 'print'; readonly text: string };

export interface CommandLineContext {
  readonly version: string;
  /** Root may have port 22. */
  readonly isRoot: boolean;
}

/** Reads the arguments after the program's name. Throws OperationError `invalid-input`, one line. */
export function parseCommandLine(args: readonly string[], context: CommandLineContext): CommandLine {
  let printed = '';
  let complaint = '';
  const command = commandOf(context)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: (text) => (complaint += text) });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed };
    throw new OperationError({
      code: 'invalid-input',
      attempted: 'read the command line',
      problem: (complaint || error.message).replace(/^error: /, '').trim(),
      advice: 'See prism-simulator --help.',
    });
  }
  return { kind: 'run', settings: settingsOf(command) };
}

/** What is not given depends on the kind of guests: where they can be, and on which port they listen. */
function settingsOf(command: Command): Settings {
  const { envFile, ...given } = command.opts<Settings & { readonly envFile?: string }>();
  const settings = { ...given, environmentFile: given.environmentFile ?? envFile };
  if (settings.guests !== 'container' && settings.guests !== 'qemu') return settings;
  const isGiven = (option: string): boolean => command.getOptionValueSource(option) !== 'default';
  if (isGiven('sshPort') && settings.sshPort !== FOR_REAL_GUESTS.sshPort) {
    throw new OperationError({
      code: 'invalid-input',
      attempted: 'read the command line',
      problem: `--ssh-port ${String(settings.sshPort)} does not go with --guests ${settings.guests}`,
      advice: `Leave it out: their sshd listens on ${String(FOR_REAL_GUESTS.sshPort)}, at addresses of their own.`,
    });
  }
  if (settings.guests === 'qemu' && !isGiven('guestImage')) throw noImage();
  const subnet = isGiven('subnet') ? settings.subnet : FOR_REAL_GUESTS.subnet;
  return { ...settings, subnet, sshPort: FOR_REAL_GUESTS.sshPort };
}

function noImage(): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'read the command line',
    problem: '--guests qemu needs --guest-image',
    advice: 'Name the folder that "make qemu-guest-image" prints.',
  });
}

function commandOf({ version, isRoot }: CommandLineContext): Command {
  return (
    new Command('prism-simulator')
      .description(
        'A simulated Nutanix Prism Central (API v3 and v4). Prints the environment to export for docker-machine and ' +
          'serves until it is interrupted.',
      )
      .version(`prism-simulator ${version}`, '--version', 'print name and version')
      .helpOption('--help', 'print this text')
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--port <number>', 'port to listen on, 0 for any free one', portNumber(0), 9440)
      .option('--username <name>', "the administrator's name", 'admin')
      .addOption(
        new Option('--password <text>', "the administrator's password (default: random)").env(
          'PRISM_SIMULATOR_PASSWORD',
        ),
      )
      .addOption(
        new Option('--api-key <text>', 'a key accepted in the header X-ntnx-api-key').env(
          'PRISM_SIMULATOR_API_KEY',
        ),
      )
      .addOption(
        new Option('--profile <name>', 'how long requests and tasks take')
          .choices(['fast', 'real', 'slow'])
          .default('fast'),
      )
      .option('--pc-version <version>', 'Prism Central to play', pcVersion, DEFAULT_PC_VERSION)
      .option('--api <list>', 'APIs to serve: v3,v4, v3 or v4 (default: all that the version has)', apiNames)
      .addOption(
        new Option(
          '--guests <kind>',
          'what runs in VMs; container = real Docker hosts in a local Docker engine; qemu = the same with a kernel ' +
            'of their own, by QEMU',
        )
          .choices(['emulated', 'container', 'qemu', 'none'])
          .default('emulated'),
      )
      .addOption(new Option('--docker-host <url>', 'the engine for container guests').env('DOCKER_HOST'))
      .option(
        '--guest-image <name>',
        'the image for container guests; for qemu guests its folder',
        GUEST_IMAGE,
      )
      .option('--guest-internet', 'let container guests reach what this machine reaches', false)
      .option('--ssh-port <number>', "the guests' SSH port", portNumber(1), isRoot ? 22 : 2222)
      .option(
        '--subnet <cidr>',
        `the managed subnet, within 127.0.0.0/8; with container or qemu guests ${FOR_REAL_GUESTS.subnet}, or any free one`,
        subnet,
        DEFAULT_SUBNET_CIDR,
      )
      .option(
        '--rate-limit <number>',
        'answer more requests a second with 429 (default: no limit)',
        perSecond,
      )
      .option(
        '--v4-limits <limits>',
        'requests a second that API v4 takes: recorded, none, or a YAML file',
        'none',
      )
      .option('--faults <file>', 'YAML file with fault rules')
      .option('--state <file>', 'load the state from this file, if it is there, and save it there at the end')
      .option('--environment-file <file>', 'write the environment to this file too')
      // The same, hidden: Node 20 takes an option of this name for its own, also after the program's file.
      .addOption(new Option('--env-file <file>').hideHelp())
      .option('--ca-file <file>', "write the server's certificate (PEM) to this file")
      .addOption(
        new Option('--log <level>', 'what to log on stderr; debug shows every request')
          .choices(LOG_LEVELS)
          .default('info'),
      )
      .addOption(
        new Option('--log-format <format>', 'how lines are written on stderr; json is one object a line')
          .choices(LOG_FORMATS)
          .default('text'),
      )
      .allowExcessArguments(false)
  );
}

function portNumber(lowest: number): (text: string) => number {
  return (text) => {
    const port = Number(text);
    if (/^\d{1,5}$/.test(text) && port >= lowest && port <= 65_535) return port;
    throw new InvalidArgumentError(`It is not a port from ${String(lowest)} to 65535.`);
  };
}

function perSecond(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a number of requests from 1 to 999999.');
}

function apiNames(text: string): ApiName[] {
  const names = text.split(',');
  const known = API_NAMES.filter((name) => names.includes(name));
  if (known.length === new Set(names).size) return known;
  throw new InvalidArgumentError('Give v3, v4 or v3,v4.');
}

function pcVersion(text: string): string {
  return checked(text, parsePcVersion);
}

function subnet(text: string): string {
  return checked(text, managedRange);
}

function checked(text: string, check: (text: string) => unknown): string {
  try {
    check(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof OperationError ? error.problem : String(error));
  }
  return text;
}
