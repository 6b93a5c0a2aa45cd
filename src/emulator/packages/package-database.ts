import { Accounts } from '../os/accounts.js';
import { EMULATED_MAGIC } from '../os/execute.js';
import { dirname, type MemoryFileSystem } from '../filesystem/index.js';
import type { InstalledPackage, Package } from './catalogue.js';

const STATUS_FILE = '/var/lib/dpkg/status';
const UNIT_DIRECTORY = '/usr/lib/systemd/system';

/** What is installed. dpkg's status file is the truth; installing writes a package's files. */
export class PackageDatabase {
  readonly #fs: MemoryFileSystem;

  constructor(fs: MemoryFileSystem) {
    this.#fs = fs;
  }

  installed(): InstalledPackage[] {
    if (this.#fs.find(STATUS_FILE) === undefined) return [];
    return this.#fs
      .readText(STATUS_FILE)
      .split('\n\n')
      .map(fieldsOf)
      .filter((fields) => fields.has('Package'))
      .map((fields) => ({
        name: fields.get('Package') ?? '',
        version: fields.get('Version') ?? '',
        summary: fields.get('Description') ?? '',
      }));
  }

  find(name: string): InstalledPackage | undefined {
    return this.installed().find((candidate) => candidate.name === name);
  }

  install(wanted: Package): void {
    for (const [path, program] of Object.entries(wanted.executables))
      writeExecutable(this.#fs, path, program);
    for (const [unit, text] of Object.entries(wanted.units)) {
      this.#fs.mkdirs(UNIT_DIRECTORY);
      this.#fs.writeFile(`${UNIT_DIRECTORY}/${unit}`, text);
    }
    const accounts = new Accounts(this.#fs);
    const groups = new Set(accounts.groups().map(({ name }) => name));
    for (const name of wanted.groups) if (!groups.has(name)) accounts.addGroup(name, undefined, true);
    const others = this.installed().filter(({ name }) => name !== wanted.name);
    this.#write([...others, wanted]);
  }

  remove(unwanted: Package): void {
    const units = Object.keys(unwanted.units).map((unit) => `${UNIT_DIRECTORY}/${unit}`);
    for (const path of [...Object.keys(unwanted.executables), ...units]) {
      if (this.#fs.find(path) !== undefined) this.#fs.remove(path);
    }
    this.#write(this.installed().filter(({ name }) => name !== unwanted.name));
  }

  #write(packages: readonly InstalledPackage[]): void {
    const sorted = [...packages].sort((left, right) => (left.name < right.name ? -1 : 1));
    const records = sorted.map(({ name, version, summary }) =>
      [`Package: ${name}`, 'Status: install ok installed', 'Architecture: amd64', `Version: ${version}`]
        .concat(`Description: ${summary}`, '')
        .join('\n'),
    );
    this.#fs.writeFile(STATUS_FILE, records.join('\n'));
  }
}

/** Writes a file that runs an emulated program. */
export function writeExecutable(fs: MemoryFileSystem, path: string, program: string): void {
  fs.mkdirs(dirname(path));
  fs.writeFile(path, `${EMULATED_MAGIC}${program}\n`).mode = 0o755;
}

function fieldsOf(record: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of record.split('\n')) {
    const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  return fields;
}
