import { transformFileSync } from '@swc/core';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const FOLDERS = ['src/gob', 'src/netrpc', 'src/support', 'src/libmachine', 'test/libmachine'];

/** The plugin with a fake cloud, compiled file by file, so that both runtimes can run it and modules can be told apart. */
export class BuiltPlugin {
  /** Inside the repository, so that packages are found; git ignores it. */
  readonly folder: string;
  readonly entry: string;

  constructor() {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    this.folder = mkdtempSync(join(ROOT, '.cache/plugin-'));
    this.entry = join(this.folder, 'test/libmachine/plugin-fixture.js');
    for (const folder of FOLDERS) {
      for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
        if (name.endsWith('.ts') && !name.endsWith('.test.ts')) compile(join(folder, name), this.folder);
      }
    }
    const golden = join(ROOT, 'test/golden');
    for (const name of readdirSync(golden).filter((file) => file.endsWith('.json'))) {
      cpSync(join(golden, name), join(this.folder, 'test/golden', name));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
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
