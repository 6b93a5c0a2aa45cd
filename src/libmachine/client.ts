import { basename } from 'node:path';

/** The program that started the plugin. */
export interface Client {
  /** rancher-machine knows a state of its own for a VM that is gone, and passes its command line on. */
  readonly isRancher: boolean;
  /** The client's own arguments, as far as it passes them: credentials may be among them. */
  readonly commandLine: readonly string[];
  /**
   * Its command shows the error of a URL beside the machine's state and goes on (`ls`), or it is not known
   * which command it is. Others end with the error, or need the URL.
   */
  readonly showsErrors: () => boolean;
  /**
   * Its command is `restart`, as far as that is known. It calls the driver for a machine that is running or stopped;
   * of any other state it thinks nothing, and tries SSH for ten minutes.
   */
  readonly isRestarting: () => boolean;
}

/** The commands of docker-machine and its forks; global options stand before, the command's own behind. */
const COMMANDS = new Set(
  (
    'active config create env inspect ip kill ls mount provision regenerate-certs restart rm ssh scp start ' +
    'status stop upgrade url version'
  ).split(' '),
);

/**
 * docker-machine gives a plugin no arguments; rancher-machine gives it its whole command line, its own name
 * first (reference of the plugin protocol, section 9.2). `parentCommandLine`: the client's arguments as the
 * system shows them; asked for only when needed.
 */
export function clientFromArguments(
  pluginArguments: readonly string[],
  parentCommandLine: () => readonly string[] = () => [],
): Client {
  const [name = ''] = pluginArguments;
  const isRancher = /^rancher-machine(\.exe)?$/.test(basename(name.replaceAll('\\', '/')));
  const commandLine = isRancher ? pluginArguments.slice(1) : [];
  const command = (): string | undefined =>
    (isRancher ? commandLine : parentCommandLine()).find((word) => COMMANDS.has(word));
  const showsErrors = (): boolean => [undefined, 'ls'].includes(command());
  const isRestarting = (): boolean => command() === 'restart';
  return { isRancher, commandLine, showsErrors, isRestarting };
}
