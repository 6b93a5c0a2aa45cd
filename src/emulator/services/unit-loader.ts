import { basename, type MemoryFileSystem } from '../filesystem/index.js';

/** A unit's settings by `Section.Key`, in order; drop-ins are further files of the same form. */
export type UnitSettings = ReadonlyMap<string, readonly string[]>;

/**
 * Reads unit files, the main one first. An empty assignment forgets what came before it, which is how a
 * drop-in replaces ExecStart.
 */
export function parseUnitFiles(texts: readonly string[]): UnitSettings {
  const settings = new Map<string, string[]>();
  for (const text of texts) {
    let section = '';
    for (const line of logicalLines(text)) {
      const [, header] = /^\[([^\]]+)\]$/.exec(line) ?? [];
      const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(line) ?? [];
      if (header !== undefined) section = header;
      else if (key !== undefined && value !== undefined) assign(settings, `${section}.${key}`, value.trim());
    }
  }
  return settings;
}

function assign(settings: Map<string, string[]>, key: string, value: string): void {
  if (value === '') settings.delete(key);
  else settings.set(key, [...(settings.get(key) ?? []), value]);
}

/** Lines without comments; a backslash at a line's end joins it to the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'));
}

/** Splits a command line or a list of assignments: blanks separate, quotes keep together. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const [, word = ''] of line.matchAll(/((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+)/g)) {
    words.push(
      word.replace(
        /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
        (_whole, double?: string, single?: string, escaped?: string) =>
          (double ?? single ?? escaped ?? '').replace(/\\(.)/g, '$1'),
      ),
    );
  }
  return words;
}

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
