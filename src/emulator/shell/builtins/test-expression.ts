import { absolute, EXECUTE, mayAccess, READ, WRITE, type Node } from '../../filesystem/index.js';
import type { Process } from '../../os/process.js';

/** What `test` looks at: files as the caller may see them, from its directory. */
export type TestContext = Pick<Process, 'system' | 'user' | 'cwd' | 'terminal'>;

/** A wrong use of `test`; status 2. */
export class TestError extends Error {
  override readonly name = 'TestError';
}

const INTEGER: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
};

const TEXT: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  '=': (left, right) => left === right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
};

/** `-f FILE`, `-z TEXT` …; undefined = no such operator. */
export function unaryTest(operator: string, operand: string, context: TestContext): boolean | undefined {
  if (operator === '-z') return operand === '';
  if (operator === '-n') return operand !== '';
  if (operator === '-t') return context.terminal;
  const check = FILE[operator];
  if (check === undefined) return undefined;
  const follow = operator !== '-L' && operator !== '-h';
  const node = context.system.fs.find(absolute(context.cwd, operand), context.user, follow);
  return operand !== '' && node !== undefined && check(node, context);
}

const FILE: Readonly<Record<string, (node: Node, context: TestContext) => boolean>> = {
  '-e': () => true,
  '-f': (node) => node.kind === 'file',
  '-d': (node) => node.kind === 'directory',
  '-L': (node) => node.kind === 'symlink',
  '-h': (node) => node.kind === 'symlink',
  '-b': (node) => node.kind === 'device' && node.device === 'block',
  '-c': (node) => node.kind === 'device' && node.device !== 'block',
  '-S': () => false,
  '-p': () => false,
  '-s': (node) => node.kind !== 'file' || node.read(0, 1).length > 0,
  '-r': (node, { user }) => mayAccess(node, user, READ),
  '-w': (node, { user }) => mayAccess(node, user, WRITE),
  '-x': (node, { user }) => mayAccess(node, user, EXECUTE),
};

/** `A = B`, `1 -lt 2`, `A -nt B`; undefined = no such operator. */
export function binaryTest(
  left: string,
  operator: string,
  right: string,
  context: TestContext,
): boolean | undefined {
  const text = TEXT[operator];
  if (text !== undefined) return text(left, right);
  const integer = INTEGER[operator];
  if (integer !== undefined) return integer(integerOf(left), integerOf(right));
  if (operator === '-nt') return changed(left, context) > changed(right, context);
  return operator === '-ot' ? changed(left, context) < changed(right, context) : undefined;
}

function integerOf(text: string): number {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return Number(text);
  throw new TestError(`${text}: integer expression expected`);
}

function changed(path: string, { system, user, cwd }: TestContext): number {
  return system.fs.find(absolute(cwd, path), user)?.mtime ?? -1;
}
