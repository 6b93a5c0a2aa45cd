import * as ts from 'typescript';
import { typescriptFiles, type SourceFile } from './source-tree.js';

/**
 * One name has one meaning among the files that a reader has in mind together: the product, the simulator, the emulated
 * guest. The simulator is a second reading of the same API and names its things alike; so do the versions of an API.
 */
function scopeOf(path: string): { readonly house: string; readonly version: string } {
  const house = /^src\/(simulator|emulator)\//.exec(path)?.[1] ?? 'product';
  return { house, version: /\/(v\d+)\//.exec(path)?.[1] ?? '' };
}

/** What a file declares and exports; a re-export declares nothing. */
function exportsOf({ path, text }: SourceFile): string[] {
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    if (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true)
      return [];
    if (ts.isVariableStatement(statement)) {
      const { declarations } = statement.declarationList;
      return declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    }
    const isNamed =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement);
    return isNamed && statement.name !== undefined ? [statement.name.text] : [];
  });
}

function namesakes(files: readonly SourceFile[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const file of files) {
    for (const name of exportsOf(file)) {
      const key = `${scopeOf(file.path).house}: ${name}`;
      places.set(key, (places.get(key) ?? new Set()).add(file.path));
    }
  }
  return [...places].flatMap(([key, paths]) => {
    const versions = new Set([...paths].map((path) => scopeOf(path).version));
    const areVersions = versions.size === paths.size && !versions.has('');
    return paths.size < 2 || areVersions ? [] : [`${key} is declared in ${[...paths].join(' and ')}`];
  });
}

describe('exported names', () => {
  test('mean one thing each', () => {
    expect(namesakes(typescriptFiles('src'))).toEqual([]);
  });

  test.each<[string, [string, string][], number]>([
    [
      'a name in two files',
      [
        ['src/a/x.ts', 'export const n = 1;'],
        ['src/b/y.ts', 'export interface n {}'],
      ],
      1,
    ],
    ['a type and its value in one file', [['src/a/x.ts', 'export const n = 1; export type n = 1;']], 0],
    [
      'two houses',
      [
        ['src/a/x.ts', 'export class N {}'],
        ['src/simulator/x.ts', 'export class N {}'],
      ],
      0,
    ],
    [
      'two versions',
      [
        ['src/a/v3/x.ts', 'export function n() {}'],
        ['src/a/v4/x.ts', 'export function n() {}'],
      ],
      0,
    ],
    [
      'a version and the rest',
      [
        ['src/a/v3/x.ts', 'export function n() {}'],
        ['src/a/x.ts', 'export const n = 1'],
      ],
      1,
    ],
    [
      'what is not exported, and a re-export',
      [
        ['src/a/x.ts', 'const n = 1;'],
        ['src/b/y.ts', `export { n } from './z.js'`],
      ],
      0,
    ],
  ])('%s', (_what, files, count) => {
    expect(namesakes(files.map(([path, text]) => ({ path, text })))).toHaveLength(count);
  });
});
