import { absolute, EXECUTE, mayAccess, READ, WRITE, type Node } from '../../filesystem/index.js';
import type { Process } from '../../os/process.js';
import type { Dialect } from '../grammar/syntax.js';

/** What `test` looks at: files as the caller may see them, from its directory. */
export interface TestContext extends Pick<Process, 'system' | 'user' | 'cwd' | 'terminal'> {
  readonly dialect: Dialect;
}

/** A wrong use of `test`; status 2. */
export class TestError extends Error {
  override readonly name = 'TestError';
}

const INTEGER: Readonly<Record<string, (left: bigint, right: bigint) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
};

/** Whether the operator compares whole numbers. */
export function isIntegerTest(operator: string): boolean {
  return operator in INTEGER;
}

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
  '-u': (node) => (node.mode & 0o4000) !== 0,
  '-g': (node) => (node.mode & 0o2000) !== 0,
  '-k': (node) => (node.mode & 0o1000) !== 0,
  '-O': (node, { user }) => node.uid === user.uid,
  '-G': (node, { user }) => node.gid === user.gid,
};

/** `A = B`, `1 -lt 2`, `A -nt B`; undefined = no such operator. */
export function binaryTest(
  left: string,
  operator: string,
  right: string,
  context: TestContext,
): boolean | undefined {
  const text = operator === '==' && context.dialect === 'dash' ? undefined : TEXT[operator];
  if (text !== undefined) return text(left, right);
  const integer = INTEGER[operator];
  if (integer !== undefined) return integer(integerOf(left, context), integerOf(right, context));
  if (operator === '-ef') return sameFile(left, right, context);
  if (operator === '-nt') return newer(left, right, context);
  return operator === '-ot' ? newer(right, left, context) : undefined;
}

function integerOf(text: string, { dialect }: TestContext): bigint {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim().replace('+', ''));
  throw new TestError(
    dialect === 'dash' ? `Illegal number: ${text}` : `${text}: integer expression expected`,
  );
}

function nodeAt(path: string, { system, user, cwd }: TestContext): Node | undefined {
  return system.fs.find(absolute(cwd, path), user);
}

function sameFile(left: string, right: string, context: TestContext): boolean {
  const node = nodeAt(left, context);
  return node !== undefined && node === nodeAt(right, context);
}

/** For dash a file that is missing is neither older nor newer; for bash it is older. */
function newer(left: string, right: string, context: TestContext): boolean {
  const [first, second] = [nodeAt(left, context), nodeAt(right, context)];
  if (first === undefined) return false;
  return second === undefined ? context.dialect === 'bash' : first.mtime > second.mtime;
}
