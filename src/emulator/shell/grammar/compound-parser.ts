import type { Cursor } from './cursor.js';
import type { AndOrList, CaseBranch, Command, CompoundBody, Redirect, Script, Word } from './syntax.js';
import type { WordParser } from './word-parser.js';

/** What compound commands need of the parser for the commands within them. */
export interface CommandParser {
  readonly cursor: Cursor;
  readonly words: WordParser;
  /** Commands up to `end`, which is stepped over. */
  script(end: string): Script;
  /** Commands up to (not including) one of the reserved words; at least one command. */
  body(...ends: readonly string[]): Script;
  /** Commands until `atEnd`; `expecting` is what an error says is missing. */
  lists(atEnd: () => boolean, expecting?: string): AndOrList[];
  /** Steps over the reserved word or fails. */
  expect(word: string): void;
  /** The reserved word at the cursor, or an empty text. */
  reserved(): string;
  skipBlanks(): void;
  skipLines(): void;
  redirects(): Redirect[];
}

/** The compound command at the parser's cursor, or undefined when a simple command is there. */
export function parseCompound(parser: CommandParser): Command | undefined {
  const { line } = parser.cursor;
  const body = bodyOf(parser);
  if (body === undefined) return undefined;
  return { kind: 'compound', body, redirects: parser.redirects(), line };
}

function bodyOf(parser: CommandParser): CompoundBody | undefined {
  const { cursor } = parser;
  if (cursor.bash && /^\(\([^()]*(?:\([^()]*\)[^()]*)*\)\)/.test(cursor.rest(200))) return arithmetic(parser);
  if (cursor.accept('(')) return { kind: 'subshell', body: commandsUntilBracket(parser) };
  if (cursor.bash && cursor.take(/\[\[(?=\s)/y) !== '') return conditional(parser);
  const keyword = parser.reserved();
  if (!['{', 'if', 'while', 'until', 'for', 'case'].includes(keyword)) return undefined;
  parser.cursor.position += keyword.length;
  switch (keyword) {
    case '{':
      return { kind: 'group', body: closedBy(parser, '}') };
    case 'if':
      return ifCommand(parser);
    case 'for':
      return forCommand(parser);
    case 'case':
      return caseCommand(parser);
    default:
      return loop(parser, keyword === 'until');
  }
}

/** A subshell has at least one command. */
function commandsUntilBracket(parser: CommandParser): Script {
  const script = parser.script(')');
  if (script.length === 0) throw parser.cursor.unexpected(')');
  return script;
}

function closedBy(parser: CommandParser, end: string): Script {
  const body = parser.body(end);
  parser.expect(end);
  return body;
}

function ifCommand(parser: CommandParser): CompoundBody {
  const branches: { condition: Script; body: Script }[] = [];
  do {
    const condition = parser.body('then');
    parser.expect('then');
    branches.push({ condition, body: parser.body('elif', 'else', 'fi') });
  } while (accepts(parser, 'elif'));
  const otherwise = accepts(parser, 'else') ? parser.body('fi') : undefined;
  parser.expect('fi');
  return { kind: 'if', branches, otherwise };
}

function loop(parser: CommandParser, until: boolean): CompoundBody {
  const condition = parser.body('do');
  return { kind: 'while', until, condition, body: doBody(parser) };
}

function doBody(parser: CommandParser): Script {
  parser.expect('do');
  return closedBy(parser, 'done');
}

function forCommand(parser: CommandParser): CompoundBody {
  parser.skipBlanks();
  const variable = parser.cursor.take(/[A-Za-z_][A-Za-z0-9_]*/y);
  if (variable === '')
    throw parser.cursor.bash
      ? parser.cursor.unexpected(parser.cursor.peek())
      : parser.cursor.error('Syntax error: Bad for loop variable');
  parser.skipLines();
  if (!accepts(parser, 'in')) {
    parser.cursor.accept(';');
    return { kind: 'for', variable, words: undefined, body: doBody(parser) };
  }
  const words: Word[] = [];
  for (;;) {
    parser.skipBlanks();
    const word = parser.words.word(parser.cursor);
    if (word === undefined) break;
    words.push(word);
  }
  parser.cursor.accept(';');
  return { kind: 'for', variable, words, body: doBody(parser) };
}

function caseCommand(parser: CommandParser): CompoundBody {
  parser.skipBlanks();
  const subject = parser.words.word(parser.cursor);
  if (subject === undefined) throw parser.cursor.unexpected(parser.cursor.peek());
  parser.expect('in');
  const branches: CaseBranch[] = [];
  for (;;) {
    parser.skipLines();
    if (accepts(parser, 'esac')) return { kind: 'case', subject, branches };
    branches.push(caseBranch(parser));
  }
}

function caseBranch(parser: CommandParser): CaseBranch {
  const { cursor } = parser;
  cursor.accept('(');
  const patterns: Word[] = [];
  do {
    parser.skipBlanks();
    const pattern = parser.words.word(cursor);
    if (pattern === undefined) throw cursor.unexpected(cursor.peek(), ')');
    patterns.push(pattern);
    parser.skipBlanks();
  } while (cursor.accept('|'));
  if (!cursor.accept(')')) throw cursor.unexpected(cursor.peek(), ')');
  const ends = cursor.bash ? ([';;&', ';;', ';&'] as const) : ([';;'] as const);
  const atEnd = () => ends.some((end) => cursor.startsWith(end)) || parser.reserved() === 'esac';
  const body = parser.lists(atEnd, ';;');
  return { patterns, body, end: ends.find((end) => cursor.accept(end)) ?? ';;' };
}

/** `((…))`; two brackets that are not closed together are subshells. */
function arithmetic(parser: CommandParser): CompoundBody {
  parser.cursor.accept('((');
  return { kind: 'arithmetic', expression: parser.words.arithmetic(parser.cursor) };
}

function conditional(parser: CommandParser): CompoundBody {
  const words: Word[] = [];
  for (;;) {
    parser.skipLines();
    if (parser.cursor.take(/\]\](?![^\s;&|<>()])/y) !== '') return { kind: 'conditional', words };
    const operator = parser.cursor.take(/&&|\|\||[()<>]/y);
    const word = operator === '' ? parser.words.word(parser.cursor) : literal(operator);
    if (word === undefined) throw parser.cursor.incomplete(']]');
    words.push(word);
  }
}

function literal(text: string): Word {
  return [{ kind: 'literal', text, quoted: false }];
}

function accepts(parser: CommandParser, word: string): boolean {
  if (parser.reserved() !== word) return false;
  parser.cursor.position += word.length;
  return true;
}
