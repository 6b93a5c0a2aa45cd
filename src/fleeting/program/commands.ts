import { OperationError } from '../../support/index.js';
import { versionText, type BuildDescription } from './build-description.js';
import { bootstrap } from './plugin-folder.js';
import type { StartedProgram } from './program-files.js';

/** What the program gets of its process. */
export interface AskedProgram {
  /** The command line without program and script. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly build: BuildDescription;
  /** undefined = it runs in another program, as with Node. */
  readonly program: StartedProgram | undefined;
  readonly print: (text: string) => void;
  readonly complain: (line: string) => void;
}

/** The words of a command line, also as GitLab's plugins take them; with none the program is a plugin, and serves. */
const VERSION_WORDS: readonly string[] = ['version', '-version', '--version', '-V'];
const HELP_WORDS: readonly string[] = ['help', '-help', '--help', '-h'];

/** Does what a user asks of the program itself; resolves to the exit code: 2 for a command line that cannot be. */
export async function answerCommand(runtime: AskedProgram): Promise<number> {
  const { args, build, print, complain } = runtime;
  const [word = '', ...rest] = args;
  if (VERSION_WORDS.includes(word)) print(versionText(build));
  else if (HELP_WORDS.includes(word)) print(helpText(build));
  else if (word !== 'bootstrap') return refuse(runtime, `there is no command ${JSON.stringify(word)}`);
  else if (rest.length !== 1)
    return refuse(runtime, "bootstrap takes one repository, as in the runner's plugin setting");
  else {
    try {
      print(`${await install(runtime, rest[0] ?? '')}\n`);
    } catch (thrown) {
      complain(`${build.name}: ${OperationError.from(thrown, 'install this plugin').message}`);
      return 1;
    }
  }
  return 0;
}

/** What a user gets who starts the plugin without a runner. */
export function explanation({ name, version }: Pick<BuildDescription, 'name' | 'version'>): string {
  return `This is ${name} ${version}, a plugin of GitLab Runner: instances for jobs on Nutanix AHV.
It does nothing by itself. Put it into a folder of the runner's PATH, and name it in config.toml:

  [runners.autoscaler]
    plugin = "${name}"

"${name} --help" tells more.
`;
}

function helpText(build: BuildDescription): string {
  const { name } = build;
  return `${name} ${build.version}: GitLab Runner's instances on Nutanix AHV

Usage: ${name}                       as GitLab Runner starts it
       ${name} bootstrap REPOSITORY  copy this program to where the runner looks for this plugin
       ${name} version

In the runner's config.toml:

  [runners.autoscaler]
    plugin = "${name}"
    max_instances = 10

    [runners.autoscaler.plugin_config]
      name     = "ci"
      max_size = 10
      endpoint = "prism.example.com"
      username = "ci"
      cluster  = "cluster-1"
      vm_image = "ubuntu-24.04"
      vm_network = ["vms"]

The password is that of the environment variable NUTANIX_PASSWORD. docs/fleeting.md has all keys.

bootstrap copies to FLEETING_PLUGIN_PATH, or /plugins; REPOSITORY is what "plugin" in config.toml then says.
`;
}

async function install(
  { program, environment, build, complain }: AskedProgram,
  repository: string,
): Promise<string> {
  if (program === undefined) {
    const attempted = `install this plugin as ${JSON.stringify(repository)}`;
    const problem = `${build.runtime} runs it, and there is no one file to copy`;
    const advice = 'Use the executable of a release.';
    throw new OperationError({ code: 'unsupported', attempted, problem, advice });
  }
  const packaged = environment['FLEETING_PLUGIN_PKG_VERSION'] ?? '';
  if (packaged !== '' && packaged !== build.version) {
    complain(
      `${build.name}: the package says version ${JSON.stringify(packaged)}, and this is ${build.version}`,
    );
  }
  const folder = environment['FLEETING_PLUGIN_PATH'];
  return await bootstrap({
    repository,
    folder: folder === '' ? undefined : folder,
    version: build.version,
    program,
  });
}

function refuse({ build, complain }: AskedProgram, problem: string): number {
  complain(`${build.name}: ${problem}; there are version, bootstrap REPOSITORY and help`);
  return 2;
}
