import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { identifiersOf, importsOf, typescriptFiles, type SourceFile } from './source-tree.js';

/** Who may load what, as in docs/architecture.md. `packages`: 'none' includes Node's own modules. */
interface Rule {
  readonly folders: readonly string[] | 'any';
  readonly packages: 'none' | 'node' | 'any';
}

const RULES: Readonly<Record<string, Rule>> = {
  bin: { folders: 'any', packages: 'any' },
  gob: { folders: [], packages: 'none' },
  netrpc: { folders: ['gob'], packages: 'node' },
  libmachine: {
    folders: ['netrpc', 'gob', 'session', 'settings', 'host', 'provider', 'logging', 'process', 'support'],
    packages: 'any',
  },
  agent: {
    folders: ['libmachine', 'session', 'settings', 'logging', 'process', 'support'],
    packages: 'node',
  },
  session: { folders: ['host', 'provider', 'settings', 'logging', 'support'], packages: 'node' },
  settings: { folders: ['host', 'provider', 'logging', 'process', 'support'], packages: 'any' },
  logging: { folders: ['process', 'support'], packages: 'node' },
  process: { folders: ['support'], packages: 'node' },
  host: { folders: ['provider', 'guest', 'support'], packages: 'node' },
  guest: { folders: ['support'], packages: 'any' },
  provider: { folders: ['support'], packages: 'none' },
  prism: { folders: ['provider', 'process', 'support'], packages: 'any' },
  fleet: { folders: ['settings', 'guest', 'provider', 'logging', 'process', 'support'], packages: 'any' },
  fleeting: {
    folders: ['host', 'settings', 'provider', 'guest', 'grpc', 'go-plugin', 'logging', 'process', 'support'],
    packages: 'any',
  },
  'go-plugin': { folders: ['grpc', 'logging', 'process', 'support'], packages: 'any' },
  node: { folders: ['process', 'support'], packages: 'node' },
  volume: { folders: ['provider', 'node', 'process', 'support'], packages: 'any' },
  'docker-plugin': { folders: ['volume', 'logging', 'process', 'support'], packages: 'any' },
  grpc: { folders: ['support'], packages: 'any' },
  csi: { folders: ['grpc', 'volume', 'logging', 'process', 'support'], packages: 'any' },
  'volume-commands': {
    folders: [
      'docker-plugin',
      'csi',
      'volume',
      'node',
      'provider',
      'settings',
      'logging',
      'process',
      'support',
    ],
    packages: 'any',
  },
  simulator: { folders: ['process', 'support'], packages: 'any' },
  emulator: { folders: ['simulator', 'support'], packages: 'any' },
  library: { folders: ['emulator', 'simulator', 'support'], packages: 'none' },
  'qemu-guests': { folders: ['iscsi-target', 'simulator', 'process', 'support'], packages: 'any' },
  'iscsi-target': { folders: ['support'], packages: 'node' },
  support: { folders: [], packages: 'node' },
};

/** Front ends check options by the rules of hosts before they load the rest of the core. */
const RULES_OF_HOSTS = 'src/host/rules/index.js';

/** Words of one API version, and of the process: none of the core's business. */
const FOREIGN_TO_CORE = /^(spec_?version|etag|ext_?id|axios|process)$/i;

function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** What is wrong with one file of src/, one sentence for each problem. */
function violations(file: SourceFile): string[] {
  const folder = folderOf(file.path);
  const rule = RULES[folder];
  if (rule === undefined) return [`${file.path}: folder ${folder} has no row in the table`];
  const problems = importsOf(file).flatMap((name) => problemOf(file.path, folder, rule, name) ?? []);
  if (folder !== 'host' && folder !== 'provider') return problems;
  const foreign = [...identifiersOf(file)].filter((word) => FOREIGN_TO_CORE.test(word));
  return [...problems, ...foreign.map((word) => `${file.path}: the core must not know "${word}"`)];
}

function problemOf(path: string, folder: string, rule: Rule, name: string): string | undefined {
  if (name === '?') return `${path}: loads a module whose name is computed`;
  if (!name.startsWith('.')) {
    if (rule.packages === 'any' || (rule.packages === 'node' && isBuiltin(name))) return undefined;
    return `${path}: ${folder} must not load the package ${name}`;
  }
  const target = posix.join(posix.dirname(path), name);
  if (!target.startsWith('src/')) return `${path}: loads ${name} from outside src/`;
  const other = folderOf(target);
  if (other === folder) return undefined;
  if (other === 'bin') return `${path}: nothing else loads src/bin`;
  if (rule.folders !== 'any' && !rule.folders.includes(other))
    return `${path}: ${folder} must not load ${other}`;
  if (target !== `src/${other}/index.js` && target !== RULES_OF_HOSTS)
    return `${path}: loads ${name}, not the public face ../${other}/index.js`;
  return undefined;
}

describe('imports', () => {
  test('every file of src/ keeps to the table', () => {
    const files = typescriptFiles('src');
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap(violations)).toEqual([]);
  });

  test.each([
    ['src/gob/x.ts', `import 'node:util';`, 'gob must not load the package node:util'],
    ['src/netrpc/x.ts', `import { a } from 'zod';`, 'netrpc must not load the package zod'],
    ['src/netrpc/x.ts', `export * from '../support/index.js';`, 'netrpc must not load support'],
    ['src/host/x.ts', `import type { A } from '../prism/index.js';`, 'host must not load prism'],
    ['src/host/deep/x.ts', `let a: import('../../libmachine/index.js').A;`, 'host must not load libmachine'],
    ['src/prism/x.ts', `await import('../host/index.js');`, 'prism must not load host'],
    ['src/prism/x.ts', `const a = require('../simulator/index.js');`, 'prism must not load simulator'],
    ['src/simulator/x.ts', `require.resolve('../prism/v3/http.js');`, 'simulator must not load prism'],
    ['src/simulator/x.ts', `import a = require('../prism/index.js');`, 'simulator must not load prism'],
    ['src/libmachine/x.ts', `import { a } from '../bin/driver.js';`, 'nothing else loads src/bin'],
    ['src/libmachine/x.ts', `import { a } from '../host/types.js';`, 'not the public face ../host/index.js'],
    ['src/libmachine/x.ts', 'await import(`../pri${x}`);', 'name is computed'],
    ['src/bin/x.ts', `import p from '../../package.json';`, 'from outside src/'],
    ['src/data/x.ts', '', 'folder data has no row'],
    ['src/host/x.ts', 'const home = process.env;', 'the core must not know "process"'],
    ['src/provider/x.ts', 'interface A { spec_version: number }', 'the core must not know "spec_version"'],
  ])('%s with %s is refused', (path, text, problem) => {
    expect(violations({ path, text }).join('\n')).toContain(problem);
  });

  test.each([
    [
      'src/host/deep/x.ts',
      `import { a } from '../../provider/index.js'; import './y.js'; import 'node:path';`,
    ],
    ['src/libmachine/x.ts', `await import('../host/index.js'); // then prism`],
    ['src/settings/options/x.ts', `import { a } from '../../host/rules/index.js';`],
    ['src/bin/x.ts', `await import('../prism/index.js');`],
    ['src/host/x.ts', `// spec_version is Prism's word\nconst text = 'process';`],
  ])('%s with %s is allowed', (path, text) => {
    expect(violations({ path, text })).toEqual([]);
  });
});
