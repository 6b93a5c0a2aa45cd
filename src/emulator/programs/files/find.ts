import { basename, join, type Node } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { compilePattern, matches } from '../../shell/index.js';
import { attempt, pathOf } from '../inputs.js';
import { launch } from '../launch.js';

const DAY = 86_400_000;
const LETTERS: Readonly<Record<Node['kind'], string>> = {
  directory: 'd',
  file: 'f',
  symlink: 'l',
  device: 'c',
};

/** What a test of find looks at. */
interface Place {
  readonly path: string;
  readonly node: Node;
  readonly walk: Walk;
}

type Test = (place: Place) => boolean | Promise<boolean>;

/** One run of find. */
interface Walk {
  readonly process: Process;
  minDepth: number;
  maxDepth: number;
  /** `-depth`, `-delete`: what is in a directory comes before it. */
  depthFirst: boolean;
  /** `-prune` was met: what is in this directory is left out. */
  pruned: boolean;
  /** `-quit` was met. */
  ended: boolean;
  status: number;
}

/** Recursive descent over the expression: `-o` binds least, then being next to each other, then `!`. */
class ExpressionParser {
  #at = 0;
  /** An action other than -prune and -quit: nothing is printed by itself. */
  acts = false;
  readonly #words: readonly string[];
  readonly #walk: Walk;

  constructor(words: readonly string[], walk: Walk) {
    this.#words = words;
    this.#walk = walk;
  }

  parse(): Test {
    if (this.#words.length === 0) return () => true;
    const test = this.#or();
    const left = this.#words[this.#at];
    if (left !== undefined) throw new UsageError(`unexpected extra predicate '${left}'`);
    return test;
  }

  #or(): Test {
    let test = this.#and();
    while (this.#accept('-o') || this.#accept('-or')) {
      const [left, right] = [test, this.#and()];
      test = async (place) => (await left(place)) || (await right(place));
    }
    return test;
  }

  #and(): Test {
    let test = this.#not();
    for (;;) {
      if (!this.#accept('-a')) this.#accept('-and');
      const next = this.#words[this.#at];
      if (next === undefined || next === '-o' || next === '-or' || next === ')') return test;
      const [left, right] = [test, this.#not()];
      test = async (place) => (await left(place)) && (await right(place));
    }
  }

  #not(): Test {
    if (this.#accept('!') || this.#accept('-not')) {
      const test = this.#not();
      return async (place) => !(await test(place));
    }
    if (!this.#accept('(')) return this.#primary();
    const test = this.#or();
    if (!this.#accept(')'))
      throw new UsageError(
        "invalid expression; I was expecting to find a ')' somewhere but did not see one.",
      );
    return test;
  }

  #accept(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }

  #value(name: string): string {
    const value = this.#words[this.#at++];
    if (value === undefined) throw new UsageError(`missing argument to \`${name}'`);
    return value;
  }

  #primary(): Test {
    const name = this.#words[this.#at++] ?? '';
    switch (name) {
      case '-name':
      case '-iname':
        return nameTest(this.#value(name), name === '-iname', ({ path }) => basename(path));
      case '-path':
      case '-wholename':
        return nameTest(this.#value(name), false, ({ path }) => path);
      case '-type': {
        const types = this.#value(name).split(',');
        const wrong = types.find((type) => !/^[bcdpfls]$/.test(type));
        if (wrong !== undefined) throw new UsageError(`Unknown argument to -type: ${wrong}`);
        return ({ node }) =>
          types.includes(node.kind === 'device' && node.device === 'block' ? 'b' : LETTERS[node.kind]);
      }
      case '-empty':
        return ({ node }) =>
          (node.kind === 'file' && node.size === 0) || (node.kind === 'directory' && node.entries.size === 0);
      case '-perm':
        return permissionTest(this.#value(name));
      case '-size':
        return sizeTest(this.#value(name));
      case '-mtime':
      case '-mmin': {
        const compare = comparison(this.#value(name));
        const unit = name === '-mtime' ? DAY : 60_000;
        return ({ node }) => compare(Math.floor((Date.now() - node.mtime) / unit));
      }
      case '-newer': {
        const other = this.#walk.process.system.fs.find(pathOf(this.#walk.process, this.#value(name)));
        return ({ node }) => node.mtime > (other?.mtime ?? Infinity);
      }
      case '-user': {
        const user = this.#value(name);
        return ({ node }) =>
          node.uid === (this.#walk.process.system.accounts.user(user)?.uid ?? Number(user));
      }
      case '-maxdepth':
        this.#walk.maxDepth = Number(this.#value(name));
        return () => true;
      case '-mindepth':
        this.#walk.minDepth = Number(this.#value(name));
        return () => true;
      case '-depth':
        this.#walk.depthFirst = true;
        return () => true;
      case '-xdev':
      case '-mount':
        return () => true;
      default:
        return this.#action(name);
    }
  }

  #action(name: string): Test {
    const printed =
      (end: string): Test =>
      async ({ path, walk }) => {
        await walk.process.stdout.write(`${path}${end}`);
        return true;
      };
    if (name !== '-prune' && name !== '-quit') this.acts = true;
    switch (name) {
      case '-print':
        return printed('\n');
      case '-print0':
        return printed('\0');
      case '-printf':
        return formatted(this.#value(name));
      case '-delete':
        this.#walk.depthFirst = true;
        return remove;
      case '-prune':
        return ({ walk }) => (walk.pruned = true);
      case '-quit':
        return ({ walk }) => (walk.ended = true);
      case '-exec':
      case '-execdir':
        return this.#command(name);
      default:
        throw new UsageError(`unknown predicate \`${name}'`);
    }
  }

  /** `-exec COMMAND {} ;` for each, `-exec COMMAND {} +` for all together. */
  #command(name: string): Test {
    const words: string[] = [];
    for (;;) {
      const word = this.#words[this.#at++];
      if (word === undefined) throw new UsageError(`missing argument to \`${name}'`);
      if (word === ';') break;
      if (word === '+' && words.at(-1) === '{}') return this.#batch(words.slice(0, -1));
      words.push(word);
    }
    return async ({ path, walk }) => {
      const args = words.map((word) => word.replaceAll('{}', path));
      return (await launch(walk.process, args, (program) => `'${program}'`)) === 0;
    };
  }

  readonly batches: { readonly words: readonly string[]; readonly paths: string[] }[] = [];

  #batch(words: readonly string[]): Test {
    const paths: string[] = [];
    this.batches.push({ words, paths });
    return ({ path }) => paths.push(path) > 0;
  }
}

function nameTest(glob: string, ignoreCase: boolean, textOf: (place: Place) => string): Test {
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const pattern = compilePattern([{ text: fold(glob), quoted: false }]);
  return (place) => matches(pattern, fold(textOf(place)));
}

/** `n`, `+n` (more), `-n` (less). */
function comparison(text: string): (value: number) => boolean {
  const wanted = Number(/\d+/.exec(text)?.[0] ?? 0);
  if (text.startsWith('+')) return (value) => value > wanted;
  return text.startsWith('-') ? (value) => value < wanted : (value) => value === wanted;
}

const SIZES: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function sizeTest(text: string): Test {
  const compare = comparison(text);
  const unit = SIZES[/[a-zA-Z]$/.exec(text)?.[0] ?? 'b'] ?? 512;
  return ({ node }) => compare(Math.ceil((node.kind === 'file' ? node.size : 4096) / unit));
}

function permissionTest(text: string): Test {
  const mode = parseInt(text.replace(/^[-/]/, ''), 8);
  if (text.startsWith('-')) return ({ node }) => (node.mode & mode) === mode;
  return text.startsWith('/') ? ({ node }) => (node.mode & mode) !== 0 : ({ node }) => node.mode === mode;
}

/** `-printf` with the names of the file and line ends. */
function formatted(format: string): Test {
  return async ({ path, node, walk }) => {
    const values: Readonly<Record<string, string>> = {
      p: path,
      f: basename(path),
      m: node.mode.toString(8),
      s: String(node.kind === 'file' ? node.size : 4096),
      y: LETTERS[node.kind],
      '%': '%',
    };
    const text = format
      .replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole)
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      .replaceAll('\\0', '\0');
    await walk.process.stdout.write(text);
    return true;
  };
}

const remove: Test = async ({ path, walk }) => {
  if (path === '.') return true;
  const { process } = walk;
  const failed = await attempt(process, `cannot delete '${path}'`, () =>
    process.system.fs.remove(pathOf(process, path), process.user),
  );
  walk.status = Math.max(walk.status, failed);
  return failed === 0;
};

async function visit(walk: Walk, test: Test, path: string, depth: number): Promise<void> {
  const { process } = walk;
  await process.budget.step();
  const node = process.system.fs.lookup(pathOf(process, path), process.user, false);
  const check = async () => {
    walk.pruned = false;
    if (depth >= walk.minDepth && !walk.ended) await test({ path, node, walk });
  };
  if (!walk.depthFirst) await check();
  if (node.kind === 'directory' && depth < walk.maxDepth && !(walk.pruned && !walk.depthFirst)) {
    for (const name of [...node.entries.keys()].sort()) {
      if (walk.ended) return;
      await visit(walk, test, join(path, name), depth + 1);
    }
  }
  if (walk.depthFirst) await check();
}

/** `find [PLACE …] [EXPRESSION]`. */
const find: Program = async (process) => {
  const words = process.args.slice(1);
  const start = words.findIndex((word) => /^-./.test(word) || word === '!' || word === '(');
  const places = start < 0 ? words : words.slice(0, start);
  const walk: Walk = {
    process,
    minDepth: 0,
    maxDepth: 100,
    depthFirst: false,
    pruned: false,
    ended: false,
    status: 0,
  };
  const parser = new ExpressionParser(start < 0 ? [] : words.slice(start), walk);
  const test = parser.parse();
  const whole: Test = parser.acts
    ? test
    : async (place) => {
        if (await test(place)) await process.stdout.line(place.path);
        return true;
      };
  for (const place of places.length === 0 ? ['.'] : places) {
    const failed = await attempt(process, `'${place}'`, () => visit(walk, whole, place, 0));
    walk.status = Math.max(walk.status, failed);
  }
  for (const { words: command, paths } of parser.batches) {
    if (paths.length > 0 && (await launch(process, [...command, ...paths], (name) => `'${name}'`)) !== 0)
      walk.status = 1;
  }
  return walk.status;
};

export const findPrograms: Readonly<Record<string, Program>> = { find };
