import { transformFileSync } from '@swc/core';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { importsOf, repositoryFile } from '../source-tree.js';

const ROOT = join(__dirname, '..', '..');
/** The plugin, and a client of it that is a process of its own. */
const ENTRIES = ['test/libmachine/plugin-fixture.ts', 'test/libmachine/client-fixture.ts'] as const;

/** The plugin with a fake cloud, compiled file by file, so that both runtimes can run it and modules can be told apart. */
export class BuiltPlugin {
  /** Inside the repository, so that packages are found; git ignores it. */
  readonly folder: string;
  readonly entry: string;

  constructor() {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    this.folder = mkdtempSync(join(ROOT, '.cache/plugin-'));
    this.entry = join(this.folder, ENTRIES[0].replace(/\.ts$/, '.js'));
    for (const path of neededBy(ENTRIES)) compile(path, this.folder);
    const golden = join(ROOT, 'test/golden');
    for (const name of readdirSync(golden).filter((file) => file.endsWith('.json'))) {
      cpSync(join(golden, name), join(this.folder, 'test/golden', name));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Files and all of ours that they may load, on demand too. */
function neededBy(entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const name of importsOf({ path, text: repositoryFile(path) })) {
      if (name.startsWith('.')) visit(posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'));
    }
  };
  entries.forEach(visit);
  return found;
}

function compile(path: string, target: string): void {
  const { code } = transformFileSync(join(ROOT, path), {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs', ignoreDynamic: true },
  });
  const output = join(target, path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, code);
}

/** Programs that run the plugin; the packaged executables have Bun inside, npm installs it for Node. */
export const RUNTIMES: readonly (readonly [string, string])[] = [
  ['Node', process.execPath],
  ['Bun', join(dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe')],
];
