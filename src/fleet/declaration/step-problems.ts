import { networkOf } from '../../support/index.js';
import type { HostDeclaration } from './fleet.js';
import { placeholderProblems } from './placeholders.js';
import type { Path, YamlText } from './positions.js';
import type { FileProblem } from './problem.js';
import type { Check, FleetFile, Selection } from './schema.js';

/** A text with a place in the file, and the hosts that its placeholders are filled in for. */
interface Template {
  readonly at: Path;
  readonly text: string;
  readonly on: Selection;
}

/** Hosts of a URL that names none: the first host of the file. */
export const FIRST_HOST: Selection = { role: 'all', which: 'first' };

/** What is wrong with the swarm, the steps, the stacks and the checks, seen without asking anything. */
export function stepProblems(
  entry: FleetFile,
  hosts: readonly HostDeclaration[],
  yaml: YamlText,
): FileProblem[] {
  const { install = [], checks = [] } = entry;
  const templates = [
    ...install.map(({ run, on }, index): Template => ({ at: ['install', index, 'run'], text: run, on })),
    ...checks.flatMap((check, index) => templateOf(check, ['checks', index])),
  ];
  return [
    ...namesakes(entry, yaml),
    ...variableNames(entry, yaml),
    ...templates.flatMap(({ at, text, on }) =>
      placeholderProblems(text, on, hosts).map((problem) => yaml.problemAt(at, problem)),
    ),
    ...checks.flatMap((check, index) => urlProblems(check, ['checks', index, 'http', 'url'], yaml)),
    ...stackNames(entry, yaml),
    ...networks(entry, yaml),
    ...roles(entry, yaml),
    ...pairs(entry, yaml),
  ];
}

function templateOf(check: Check, at: Path): Template[] {
  if ('http' in check)
    return [{ at: [...at, 'http', 'url'], text: check.http.url, on: check.http.on ?? FIRST_HOST }];
  if ('command' in check)
    return [{ at: [...at, 'command', 'run'], text: check.command.run, on: check.command.on }];
  return [];
}

/** The record knows a step and a stack by its name alone, so two of one name would take turns for ever. */
function namesakes({ install = [], deploy = [], checks = [] }: FleetFile, yaml: YamlText): FileProblem[] {
  const lists = [
    { key: 'install', what: 'steps', names: install.map(({ name }) => name) },
    { key: 'deploy', what: 'stacks', names: deploy.map(({ name }) => name) },
    { key: 'checks', what: 'checks', names: checks.map(({ name }) => name) },
  ];
  return lists.flatMap(({ key, what, names }) =>
    names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [yaml.problemAt([key, index, 'name'], `two ${what} have the name ${name}: give each its own`)],
    ),
  );
}

function variableNames({ install = [] }: FleetFile, yaml: YamlText): FileProblem[] {
  return install.flatMap(({ environment = [] }, step) =>
    environment.flatMap((variable, index) =>
      /^[A-Za-z_]\w*$/.test(variable)
        ? []
        : [
            yaml.problemAt(
              ['install', step, 'environment', index],
              `${variable} cannot be the name of an environment variable: its value is not written here`,
            ),
          ],
    ),
  );
}

/** The URL as it will be, with an address of no host at all in place of every placeholder. */
function urlProblems(check: Check, at: Path, yaml: YamlText): FileProblem[] {
  if (!('http' in check)) return [];
  const url = check.http.url.replaceAll(/\{\{.*?\}\}/g, '192.0.2.1');
  const problem = (text: string): FileProblem[] => [
    yaml.problemAt(at, `${check.http.url} ${text}, e.g. http://{{ host.address }}:8080/`),
  ];
  if (!URL.canParse(url)) return problem('is no URL');
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return problem('must begin with http:// or https://');
  return username + password === '' ? [] : problem('must hold neither user name nor password');
}

/** Names that docker takes for a stack. */
export const STACK_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

function stackNames({ deploy = [] }: FleetFile, yaml: YamlText): FileProblem[] {
  return deploy.flatMap(({ name }, index) =>
    STACK_NAME.test(name)
      ? []
      : [
          yaml.problemAt(
            ['deploy', index, 'name'],
            `${name} cannot be the name of a stack: it has letters, digits, hyphens, dots and underscores`,
          ),
        ],
  );
}

function networks({ swarm = {} }: FleetFile, yaml: YamlText): FileProblem[] {
  const { network, 'data-path-network': dataPath, 'address-pool': pool = [] } = swarm;
  const all: { at: Path; text: string | undefined }[] = [
    { at: ['swarm', 'network'], text: network },
    { at: ['swarm', 'data-path-network'], text: dataPath },
    ...pool.map((text, index) => ({ at: ['swarm', 'address-pool', index], text })),
  ];
  return all.flatMap(({ at, text }) =>
    text === undefined || networkOf(text) !== undefined
      ? []
      : [yaml.problemAt(at, `${text} is no network in CIDR notation, e.g. 10.20.0.0/16`)],
  );
}

/** Words that mean something else where a role may stand. */
const TAKEN = new Set(['all', 'host', 'first']);

function roles({ groups }: FleetFile, yaml: YamlText): FileProblem[] {
  return groups.flatMap(({ role }, index) =>
    role !== undefined && TAKEN.has(role)
      ? [
          yaml.problemAt(
            ['groups', index, 'role'],
            `${role} cannot be a role: the word has a meaning of its own`,
          ),
        ]
      : [],
  );
}

/** dockerd refuses labels and variables without a value, and the host with it. */
function pairs({ defaults, groups }: FleetFile, yaml: YamlText): FileProblem[] {
  const scopes = [
    { at: ['defaults'], engine: defaults?.engine },
    ...groups.flatMap(({ engine, hosts = {} }, index) => [
      { at: ['groups', index], engine },
      ...Object.entries(hosts).map(([name, own]) => ({
        at: ['groups', index, 'hosts', name],
        engine: own.engine,
      })),
    ]),
  ];
  return scopes.flatMap(({ at, engine = {} }) =>
    (['label', 'env'] as const).flatMap((key) =>
      (engine[key] ?? [])
        .filter((text) => !/^[^=\s]+=/.test(text))
        .map((text) =>
          yaml.problemAt([...at, 'engine', key], `${text} must be ${key === 'env' ? 'NAME' : 'KEY'}=VALUE`),
        ),
    ),
  );
}
