import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..');

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every file below a folder of the repository whose name ends in `.ts`, in a fixed order. */
export function typescriptFiles(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name.split(sep).join('/')))
    .sort()
    .map((path) => ({ path, text: repositoryFile(path) }));
}

/** Every shell script of the project, in a fixed order. */
export function shellFiles(): SourceFile[] {
  const scripts = ['bench', 'findings', 'scripts', 'src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.sh'))
      .map((name) => posix.join(folder, name.split(sep).join('/'))),
  );
  return ['.ci/run', ...scripts].sort().map((path) => ({ path, text: repositoryFile(path) }));
}

/** The documents in docs/. */
export function documentNames(): string[] {
  return readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
}

export function repositoryFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What a file loads: `import`, `export … from`, `import()`, `require()`, types too. Computed names are '?'. */
export function importsOf({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) found.push(literal(node.moduleSpecifier));
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      found.push(literal(node.moduleReference.expression));
    } else if (ts.isImportTypeNode(node)) {
      found.push(ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : '?');
    } else if (ts.isCallExpression(node) && loadsModule(node.expression)) {
      found.push(literal(node.arguments[0]));
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** Every identifier in the code (not in comments or strings). */
export function identifiersOf({ path, text }: SourceFile): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** Every text in the code (not in comments): of a template its parts. */
export function textsOf({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** Every comment of a file. A comment stands before a token: in the rest of the line above it, or on lines of its own. */
export function commentsOf({ path, text }: SourceFile): string[] {
  const tree = parse(path, text);
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    const start = node.getFullStart();
    if (start < node.getStart(tree)) {
      const above = ts.getTrailingCommentRanges(text, start) ?? [];
      const before = ts.getLeadingCommentRanges(text, start) ?? [];
      for (const { pos, end } of [...above, ...before]) found.set(pos, text.slice(pos, end));
    }
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...found.values()];
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

function loadsModule(called: ts.Expression): boolean {
  if (called.kind === ts.SyntaxKind.ImportKeyword) return true;
  const root = ts.isPropertyAccessExpression(called) ? called.expression : called;
  return ts.isIdentifier(root) && root.text === 'require';
}

function literal(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '?';
}
