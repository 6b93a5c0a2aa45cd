import { basename, type MemoryFileSystem } from '../filesystem/index.js';
import { parseUnitFiles, splitWords, type UnitSettings } from './unit-file.js';

const DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

/** A unit as it was last read from its files. */
export interface Unit {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly dropIns: readonly string[];
  readonly masked: boolean;
  readonly oneshot: boolean;
  readonly remainAfterExit: boolean;
  /** Command lines, split into words. */
  readonly execStart: readonly (readonly string[])[];
  readonly environment: ReadonlyMap<string, string>;
  /** Started before this one when it is started. */
  readonly pullsIn: readonly string[];
  readonly wantedBy: readonly string[];
  readonly aliases: readonly string[];
  /** The files' text: tells whether they have changed since. */
  readonly text: string;
}

/** `docker` and `docker.service` are the same; `sshd` leads to what the alias names. */
export function canonicalName(fs: MemoryFileSystem, name: string): string {
  const full = /\.(service|socket|target|timer|mount)$/.test(name) ? name : `${name}.service`;
  const link = fs.find(`/etc/systemd/system/${full}`, undefined, false);
  return link?.kind === 'symlink' && link.target !== '/dev/null' ? basename(link.target) : full;
}

/** Reads a unit's file and its drop-ins; undefined when there is no such unit. */
export function loadUnit(fs: MemoryFileSystem, name: string): Unit | undefined {
  const path = DIRECTORIES.map((directory) => `${directory}/${name}`).find((candidate) => fs.find(candidate));
  if (path === undefined) return undefined;
  const node = fs.find(path);
  const masked = node?.kind === 'device';
  const dropIns = dropInsOf(fs, name);
  const texts = masked ? [] : [path, ...dropIns].map((file) => fs.readText(file));
  const settings = parseUnitFiles(texts);
  return { name, path, dropIns, masked, text: texts.join('\0'), ...valuesOf(settings, name) };
}

function valuesOf(
  settings: UnitSettings,
  name: string,
): Omit<Unit, 'name' | 'path' | 'dropIns' | 'masked' | 'text'> {
  const words = (key: string) => (settings.get(key) ?? []).flatMap(splitWords);
  const last = (key: string) => settings.get(key)?.at(-1);
  return {
    description: last('Unit.Description') ?? name,
    oneshot: last('Service.Type') === 'oneshot',
    remainAfterExit: ['yes', 'true'].includes(last('Service.RemainAfterExit') ?? ''),
    execStart: (settings.get('Service.ExecStart') ?? []).map((line) =>
      splitWords(line.replace(/^[-@+!:]+/, '')),
    ),
    environment: new Map(words('Service.Environment').map(assignment)),
    pullsIn: [...words('Unit.Wants'), ...words('Unit.Requires')].filter((unit) => unit.endsWith('.service')),
    wantedBy: words('Install.WantedBy'),
    aliases: words('Install.Alias'),
  };
}

function assignment(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** Drop-ins of all directories by file name; the same name in /etc wins. */
function dropInsOf(fs: MemoryFileSystem, name: string): string[] {
  const found = new Map<string, string>();
  for (const directory of [...DIRECTORIES].reverse()) {
    const node = fs.find(`${directory}/${name}.d`);
    if (node?.kind !== 'directory') continue;
    for (const [file, entry] of node.entries) {
      if (file.endsWith('.conf') && entry.kind === 'file') found.set(file, `${directory}/${name}.d/${file}`);
    }
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
}
