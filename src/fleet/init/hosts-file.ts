import { shellWord } from '../../support/index.js';
import type { FlagValue } from '../declaration/driver-values.js';
import { shownName, type Offered } from './choice.js';

/** What the file is to say. */
export interface HostsFile {
  /** Name of the fleet. */
  readonly name: string;
  /** Keys of `connection` with their values, no secret among them. */
  readonly connection: readonly (readonly [string, FlagValue])[];
  readonly cluster: NamedValue;
  readonly image: NamedValue;
  /** One for each NIC. */
  readonly subnets: readonly NamedValue[];
  /** Name or pattern of the only group. */
  readonly group: string;
  /** The variable that has the URL of the proxy, which is not in the file because of its password. */
  readonly proxyVariable?: string | undefined;
  /** As the commands take it. undefined = hosts.yaml, which they take by themselves. */
  readonly path?: string | undefined;
}

/** How an entity is written: its name, or its UUID where several have the name, which is then a comment. */
export interface NamedValue {
  readonly value: string;
  readonly remark?: string | undefined;
}

/** By its name, unless another of `all` has it too. */
export function namedValue({ id, name }: Offered, all: readonly Offered[]): NamedValue {
  const isAlone = all.every((other) => other.id === id || other.name !== name);
  return isAlone ? { value: name } : { value: id, remark: shownName(name) };
}

/** The text of a hosts.yaml with what a user changes first, each with a comment. */
export function hostsFileText(file: HostsFile): string {
  const { name, connection, cluster, image, subnets, group, path } = file;
  const entries = connection.map(([key, value]) => `  ${key}: ${scalar(value)}`);
  const option = fileOption(path).replaceAll(UNSEEN, '?');
  const commands = [
    [`plan${option}`, 'shows what would be made'],
    [`apply${option}`, 'makes it, and what is added to this file later'],
    ['schema', 'prints the JSON Schema of this file, for editors'],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length));
  const help = commands.map(([command, does]) => `#   nutanix-hosts ${command.padEnd(width)}   ${does}`);
  return `# Docker hosts on Nutanix AHV, written by nutanix-hosts init; it is yours to change.
${help.join('\n')}
# The record of the hosts is kept under this name: keep it.
name: ${scalar(name)}

# Prism Central. There is no secret in this file: ${secretPlace(file)}.
connection:
${entries.join('\n')}

defaults:
  nutanix:
    cluster: ${entity(cluster)}
    vm-image: ${entity(image)}
    # One for each NIC, such as [front, back].
    vm-network: [${subnets.map(({ value }) => scalar(value)).join(', ')}]${remarkOn(subnets)}
    # Sockets, MiB. Those of hosts that are there: nutanix-hosts apply${option} --resize.
    vm-cpus: 2
    vm-mem: 4096
    # A disk of its own for /var/lib/docker, GiB.
    # docker-disk-size: 50

groups:
  # ${moreHosts(group)} Fewer: nutanix-hosts apply${option} --prune afterwards.
  - name: ${scalar(group)}
`;
}

function moreHosts(group: string): string {
  if (/[{}]/.test(group)) return 'More hosts: a larger number.';
  return `More hosts: ${group.replace(/-1$/, '')}-{1..3} is three.`;
}

/** What a command line needs so that a command takes this file. */
export function fileOption(path: string | undefined): string {
  return path === undefined ? '' : ` -f ${shellWord(path)}`;
}

function secretPlace({ connection, proxyVariable }: HostsFile): string {
  const hasFile = connection.some(([key]) => key === 'credentials-file');
  const holder = hasFile
    ? 'the file of credentials is named that holds it'
    : 'a variable of the environment is named that holds it';
  const proxy = `The proxy is that of ${proxyVariable ?? ''}, because its URL has a password`;
  return proxyVariable === undefined ? holder : `${holder}.\n# ${proxy}`;
}

function entity(named: NamedValue): string {
  return `${scalar(named.value)}${remark(named)}`;
}

function remark({ remark: text }: NamedValue): string {
  return text === undefined ? '' : ` # ${text}`;
}

function remarkOn(list: readonly NamedValue[]): string {
  const texts = list.flatMap(({ remark: text }) => text ?? []);
  return remark({ value: '', remark: texts.length === 0 ? undefined : texts.join(', ') });
}

/** Words that no version of YAML takes for anything but a text. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*[A-Za-z0-9]$/;
const NOT_TEXT = /^(true|false|yes|no|on|off|null|y|n|nan|inf)$/i;
/** What JSON leaves as it is and a terminal might obey, or an editor not show. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as YAML reads it back: a text is plain where that is safe, else as JSON, which YAML understands. */
function scalar(value: FlagValue): string {
  if (typeof value === 'object') return `[${value.map(scalar).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !NOT_TEXT.test(value)) return value;
  return JSON.stringify(value).replaceAll(UNSEEN, escaped);
}

/** Surrogates of one character are escaped one by one, as JSON does. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
