import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Option as CommandOption, type Command } from 'commander';
import type { Offers } from '../../provider/index.js';
import { OPTION_LIST, OPTIONS, type Option } from '../../settings/index.js';
import {
  createFile,
  hasCode,
  hasSystemCode,
  isThere,
  OperationError,
  replaceFile,
} from '../../support/index.js';
import { withinLimit } from '../context/fleet-context.js';
import { connectionOptionsShape, keyOf, type FlagValue } from '../declaration/driver-values.js';
import { parseFleet } from '../declaration/load.js';
import { BadFile } from '../declaration/problem.js';
import { clusterCandidates, imageCandidates, subnetCandidates } from '../init/candidates.js';
import { chooseOne, chooseSome, type Choosable } from '../init/choice.js';
import { fileOption, hostsFileText, namedValue, type HostsFile } from '../init/hosts-file.js';
import { hostCount, hostNames, type HostNames } from '../init/names.js';
import { signIn, withOtherSecret, type SecretDialogue, type SignIn } from '../init/sign-in.js';
import { withTrust } from '../init/trust.js';
import { MachineStore } from '../store/machine-store.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

interface InitOptions {
  readonly cluster?: string | undefined;
  readonly image?: string | undefined;
  readonly subnet?: string | undefined;
  readonly hosts?: string | undefined;
  readonly namePattern?: string | undefined;
  readonly output: string;
  readonly force?: boolean | undefined;
  readonly passwordEnv?: string | undefined;
  readonly apiKeyEnv?: string | undefined;
}

/** The driver's flags about Prism Central; a secret is no flag here, because other users see command lines. */
const CONNECTION_OPTIONS = OPTION_LIST.filter((option) =>
  Object.hasOwn(connectionOptionsShape, keyOf(option)),
).map((option) => ({
  flag: option.name,
  option: new CommandOption(
    option.kind === 'bool' ? `--${keyOf(option)}` : `--${keyOf(option)} <value>`,
    `${option.help} ($${option.env})`,
  ),
}));

/** ms for the three lists together. */
const LIMIT = 120_000;
const DEFAULT_PATTERN = 'docker';
/** What the other commands take by themselves. */
const DEFAULT_OUTPUT = 'hosts.yaml';

/** `init`: asks Prism Central what there is and the user what to take, and writes the declaration. */
export function addInit(program: Command, runtime: FleetRuntime, exit: (code: number) => void): void {
  const command = program
    .command('init')
    .description('ask Prism Central what there is, and write a declaration that plan accepts')
    .helpOption('--help', 'print this text')
    .option('-o, --output <file>', 'the declaration that is written', DEFAULT_OUTPUT)
    .option('--force', 'write it in the place of one that is there')
    .option('--cluster <name>', 'name or UUID of the cluster')
    .option('--image <name>', 'name or UUID of the image')
    .option('--subnet <name>', 'name or UUID of the subnet, or several with commas: one for each NIC')
    .option('--hosts <number>', 'how many hosts (default: 1)')
    .option('--name-pattern <name>', 'names of the hosts: web-{1..3}, or a word in front of -1, -2 …')
    .option('--password-env <variable>', 'the environment variable that holds the password')
    .option('--api-key-env <variable>', 'the environment variable that holds an API key, instead of both');
  for (const { option } of CONNECTION_OPTIONS) command.addOption(option);
  command.action(async (options: InitOptions) =>
    exit(await initCommand(runtime, options, connectionFlags(command))),
  );
}

function connectionFlags(command: Command): ReadonlyMap<string, FlagValue> {
  return new Map(
    CONNECTION_OPTIONS.flatMap(({ flag, option }): [string, FlagValue][] => {
      const value: unknown = command.getOptionValue(option.attributeName());
      return typeof value === 'string' || typeof value === 'boolean' ? [[flag, value]] : [];
    }),
  );
}

async function initCommand(
  runtime: FleetRuntime,
  options: InitOptions,
  flags: ReadonlyMap<string, FlagValue>,
): Promise<number> {
  const { environment, complain, out } = runtime;
  const { output, force = false, passwordEnv, apiKeyEnv } = options;
  const refuse = (problems: readonly string[]): number => {
    for (const problem of problems) complain(problem);
    complain('nothing was written');
    return EXIT.badFile;
  };
  const badOutput = await outputProblem(output, force);
  if (badOutput !== undefined) return refuse([badOutput]);
  const dialogue = dialogueOf(runtime);
  const badNames = givenNames(options);
  // A user would answer everything in vain; without one all that is wrong is told at once.
  if (dialogue !== undefined && badNames.length > 0) return refuse(badNames);
  const asked = await signIn({ flags, passwordEnv, apiKeyEnv }, environment, dialogue, complain).catch(
    badOptions,
  );
  if (!('connection' in asked)) return refuse([...badNames, ...asked]);
  const { signedIn, offers } = await offersTo(asked, runtime, dialogue);
  const file = await chooseAll(offers, options, environment, dialogue);
  if (!('cluster' in file)) return refuse([...badNames, ...file]);
  if (badNames.length > 0) return refuse(badNames);
  const hosts = await namesOf(options, dialogue);
  const path = output === DEFAULT_OUTPUT ? undefined : output;
  const { entries, proxyVariable } = signedIn;
  const { fleet, group } = hosts;
  const text = hostsFileText({ ...file, name: fleet, group, connection: entries, proxyVariable, path });
  await write(runtime, text, { output, force, secret: signedIn.secret });
  const [first, last] = [hosts.names[0], hosts.names.at(-1) ?? ''];
  const which = hosts.names.length === 1 ? first : `${hosts.names.length} hosts, ${first} to ${last}`;
  out.write(`${output} is written: ${which}.\n`);
  for (const line of leftToSet(signedIn, environment)) out.write(`${line}\n`);
  const option = fileOption(path);
  out.write(`Next: nutanix-hosts plan${option}, then nutanix-hosts apply${option}\n`);
  return EXIT.ok;
}

/** Options that no connection can be made of, in the words of this command; other errors are thrown on. */
function badOptions(error: unknown): readonly string[] {
  if (!hasCode(error, 'invalid-input')) throw error;
  return [error.message.replaceAll('--nutanix-', '--')];
}

/** Variables of the environment that the file relies on and that do not hold yet what was typed or given. */
function leftToSet({ secret, proxyVariable }: SignIn, environment: FleetRuntime['environment']): string[] {
  const texts: string[] = [];
  if (secret?.isTyped === true)
    texts.push(`Set ${secret.variable} to what you typed: it is not in the file.`);
  if (proxyVariable !== undefined && (environment[proxyVariable] ?? '') === '')
    texts.push(`Set ${proxyVariable} to what --proxy says: its password is not in the file.`);
  return texts;
}

function dialogueOf({ ask, askSecret, complain: say }: FleetRuntime): SecretDialogue | undefined {
  return ask === undefined || askSecret === undefined ? undefined : { ask, askSecret, say };
}

async function outputProblem(output: string, force: boolean): Promise<string | undefined> {
  if (!(await isThere(dirname(resolve(output))))) return `--output ${output}: there is no such folder`;
  if (await isFolder(output)) return `--output ${output}: is a folder, not a file`;
  return !force && (await isThere(output)) ? alreadyThere(output) : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function alreadyThere(output: string): string {
  return `${output} is there already: --force writes in its place, --output elsewhere`;
}

/** What is wrong with --hosts and --name-pattern. */
function givenNames({ hosts, namePattern = DEFAULT_PATTERN }: InitOptions): string[] {
  const count = hosts === undefined ? undefined : hostCount(hosts);
  const isCount = typeof count !== 'string';
  const names = hostNames(namePattern, isCount ? count : undefined);
  return [
    ...(isCount ? [] : [`--hosts ${hosts ?? ''}: ${count}`]),
    ...(typeof names === 'string' ? [`--name-pattern ${namePattern}: ${names}`] : []),
  ];
}

/** How many hosts and how they are called, by the options and else by the user. */
async function namesOf(options: InitOptions, dialogue: SecretDialogue | undefined): Promise<HostNames> {
  let { namePattern: pattern, hosts } = options;
  for (;;) {
    if (dialogue !== undefined && hosts === undefined && !/[{}]/.test(pattern ?? '')) {
      hosts = (await dialogue.ask('How many hosts [1]: ')).trim() || '1';
    }
    if (dialogue !== undefined) {
      pattern ??=
        (await dialogue.ask(`Their names begin with [${DEFAULT_PATTERN}]: `)).trim() || DEFAULT_PATTERN;
    }
    const word = pattern ?? DEFAULT_PATTERN;
    const count = hostCount(hosts ?? '1');
    const isWhole = hosts === undefined && /[{}]/.test(word);
    const names = typeof count === 'string' ? count : hostNames(word, isWhole ? undefined : count);
    if (typeof names !== 'string') return names;
    if (dialogue === undefined) throw new Error('the options were checked before');
    dialogue.say(names);
    ({ namePattern: pattern, hosts } = { namePattern: undefined, hosts: undefined });
  }
}

/** What there is, and the sign-in that it was asked with: the user may have trusted a certificate or typed another password. */
async function offersTo(
  first: SignIn,
  runtime: FleetRuntime,
  dialogue: SecretDialogue | undefined,
): Promise<{ readonly signedIn: SignIn; readonly offers: Offers }> {
  let signedIn = first;
  for (;;) {
    try {
      return { signedIn, offers: await listOffers(runtime, signedIn) };
    } catch (error) {
      if (dialogue === undefined) throw error;
      const next =
        (await withTrust(signedIn, error, dialogue)) ?? (await withOtherSecret(signedIn, error, dialogue));
      if (next === undefined) throw error;
      signedIn = next;
    }
  }
}

async function listOffers(
  { connect, environment, complain, stop }: FleetRuntime,
  { connection }: SignIn,
): Promise<Offers> {
  const logger = { debug: () => undefined, info: () => undefined, warn: complain };
  const cloud = await connect(connection, logger, MachineStore.of(environment).folder);
  try {
    return await withinLimit(LIMIT, 'list what a VM can be made of', stop, (call) => cloud.listOffers(call));
  } finally {
    await cloud.close();
  }
}

/** Cluster, image and subnet; texts instead say what is wrong with them, all at once. */
async function chooseAll(
  offers: Offers,
  given: InitOptions,
  environment: FleetRuntime['environment'],
  dialogue: SecretDialogue | undefined,
): Promise<Pick<HostsFile, 'cluster' | 'image' | 'subnets'> | readonly string[]> {
  const problems: string[] = [];
  const what = (word: 'cluster' | 'image' | 'subnet', { env }: Option): Choosable => {
    const value = environment[env] ?? '';
    const usual = value === '' ? undefined : { variable: env, value };
    return { word, option: `--${word}`, given: given[word], usual };
  };
  // Once something is wrong a question would be asked in vain, and only what was given can be wrong as well.
  const partner = (): SecretDialogue | undefined => (problems.length > 0 ? undefined : dialogue);
  const isMoot = (word: 'image' | 'subnet'): boolean =>
    problems.length > 0 && dialogue !== undefined && given[word] === undefined;
  const noted = <T extends object>(chosen: T | string): T | undefined => {
    if (typeof chosen !== 'string') return chosen;
    problems.push(chosen);
    return undefined;
  };
  const clusters = clusterCandidates(offers);
  const cluster = noted(await chooseOne(what('cluster', OPTIONS.Cluster), clusters, partner()));
  const images = imageCandidates(offers, cluster);
  const image = isMoot('image')
    ? undefined
    : noted(await chooseOne(what('image', OPTIONS.Image), images, partner()));
  const subnets = subnetCandidates(offers, cluster);
  const chosen = isMoot('subnet')
    ? undefined
    : noted(await chooseSome(what('subnet', OPTIONS.Subnet), subnets, partner()));
  if (cluster === undefined || image === undefined || chosen === undefined) return problems;
  return {
    cluster: namedValue(cluster, clusters),
    image: namedValue(image, images),
    subnets: chosen.map((subnet) => namedValue(subnet, subnets)),
  };
}

interface Written {
  readonly output: string;
  readonly force: boolean;
  readonly secret: SignIn['secret'];
}

/** Readable by all, because nothing in it is secret. Nothing is written that `plan` would not read. */
async function write(
  { environment }: FleetRuntime,
  text: string,
  { output, force, secret }: Written,
): Promise<void> {
  const known = secret === undefined ? environment : { ...environment, [secret.variable]: secret.value };
  const parsed = parseFleet(text, resolve(output), known);
  if ('problems' in parsed) throw new BadFile(output, parsed.problems);
  try {
    await (force ? replaceFile : createFile)(output, text, 0o644);
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) {
      throw OperationError.from(new Error(alreadyThere(output), { cause: error }), 'write the declaration');
    }
    throw OperationError.from(error, `write ${output}`);
  }
}
