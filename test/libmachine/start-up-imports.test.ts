import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import * as ts from 'typescript';
import { repositoryFile } from '../source-tree.js';

/** What a file loads by itself when it is loaded: no types, nothing that is imported on demand. */
function loadedBy(path: string): string[] {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  const { outputText } = ts.transpileModule(repositoryFile(path), {
    compilerOptions: options,
    fileName: path,
  });
  return [...outputText.matchAll(/^(?!.*\bthen\b).*\brequire\("([^"]+)"\)/gm)].map(([, name = '']) => name);
}

function closureOf(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    for (const name of loadedBy(path)) {
      if (!name.startsWith('.')) packages.add(name);
      else visit(posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'));
    }
  };
  visit(entry);
  return { files, packages };
}

test('the plugin loads only its front end and light modules of Node before it prints its address', () => {
  const { files, packages } = closureOf('src/bin/docker-machine-driver-nutanix.ts');
  // Of the core only the rules of hosts, by which options are checked.
  const folderOf = (path: string): string => /^src\/(host\/rules|[^/]+)/.exec(path)?.[1] ?? path;
  const folders = new Set([...files].map(folderOf));
  const light = ['host/rules', 'logging', 'process', 'session', 'settings', 'support'];
  expect([...folders].sort()).toEqual(['bin', 'gob', 'libmachine', ...light, 'netrpc'].sort());
  expect([...packages].filter((name) => !isBuiltin(name))).toEqual([]);
  const lightModules = ['fs', 'fs/promises', 'net', 'os', 'path', 'timers/promises'];
  expect(
    [...packages].map((name) => name.replace('node:', '')).filter((name) => !lightModules.includes(name)),
  ).toEqual([]);
});

test('the volume plugin loads Prism, gRPC and the engine only when a call needs them', () => {
  const { files, packages } = closureOf('src/bin/nutanix-volume.ts');
  expect([...files].filter((path) => /^src\/(prism|csi|docker-plugin)\//.test(path))).toEqual([]);
  expect([...packages].filter((name) => !isBuiltin(name)).sort()).toEqual([
    'commander',
    'fastest-levenshtein',
    'yaml',
    'zod',
  ]);
});
