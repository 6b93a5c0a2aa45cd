import { basename } from 'node:path';

/** The program that started the plugin. */
export interface Client {
  /** rancher-machine knows a state of its own for a VM that is gone, and passes its command line on. */
  readonly isRancher: boolean;
  /** The client's own arguments, as far as it passes them: credentials may be among them. */
  readonly commandLine: readonly string[];
}

/**
 * docker-machine gives a plugin no arguments; rancher-machine gives it its whole command line, its own name
 * first (reference of the plugin protocol, section 9.2).
 */
export function clientOf(pluginArguments: readonly string[]): Client {
  const [name = ''] = pluginArguments;
  const isRancher = /^rancher-machine(\.exe)?$/.test(basename(name.replaceAll('\\', '/')));
  return { isRancher, commandLine: isRancher ? pluginArguments.slice(1) : [] };
}
