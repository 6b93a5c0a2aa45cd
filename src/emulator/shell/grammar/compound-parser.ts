import type { Parser } from './parser.js';
import type { CaseBranch, Command, CompoundBody, Script, Word } from './syntax.js';

/** The compound command at the parser's cursor, or undefined when a simple command is there. */
export function parseCompound(parser: Parser): Command | undefined {
  const body = bodyOf(parser);
  if (body === undefined) return undefined;
  return { kind: 'compound', body, redirects: parser.redirects() };
}

function bodyOf(parser: Parser): CompoundBody | undefined {
  if (/^\(\([^()]*(?:\([^()]*\)[^()]*)*\)\)/.test(parser.cursor.rest(200))) return arithmetic(parser);
  if (parser.cursor.accept('(')) return { kind: 'subshell', body: parser.script(')') };
  if (parser.cursor.take(/\[\[(?=\s)/y) !== '') return conditional(parser);
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

function closedBy(parser: Parser, end: string): Script {
  const body = parser.body(end);
  parser.expect(end);
  return body;
}

function ifCommand(parser: Parser): CompoundBody {
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

function loop(parser: Parser, until: boolean): CompoundBody {
  const condition = parser.body('do');
  return { kind: 'while', until, condition, body: doBody(parser) };
}

function doBody(parser: Parser): Script {
  parser.expect('do');
  return closedBy(parser, 'done');
}

function forCommand(parser: Parser): CompoundBody {
  parser.skipBlanks();
  const variable = parser.cursor.take(/[A-Za-z_][A-Za-z0-9_]*/y);
  if (variable === '') throw parser.cursor.unexpected(parser.cursor.peek());
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

function caseCommand(parser: Parser): CompoundBody {
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

function caseBranch(parser: Parser): CaseBranch {
  const { cursor } = parser;
  cursor.accept('(');
  const patterns: Word[] = [];
  do {
    parser.skipBlanks();
    const pattern = parser.words.word(cursor);
    if (pattern === undefined) throw cursor.atEnd ? cursor.incomplete() : cursor.unexpected(cursor.peek());
    patterns.push(pattern);
    parser.skipBlanks();
  } while (cursor.accept('|'));
  if (!cursor.accept(')')) throw cursor.atEnd ? cursor.incomplete() : cursor.unexpected(cursor.peek());
  const body = parser.lists(() => cursor.startsWith(';;') || parser.reserved() === 'esac');
  cursor.accept(';;');
  return { patterns, body };
}

/** `((…))`; two brackets that are not closed together are subshells. */
function arithmetic(parser: Parser): CompoundBody {
  parser.cursor.accept('((');
  return { kind: 'arithmetic', expression: parser.words.arithmetic(parser.cursor) };
}

function conditional(parser: Parser): CompoundBody {
  const words: Word[] = [];
  for (;;) {
    parser.skipLines();
    if (parser.cursor.take(/\]\](?![^\s;&|<>()])/y) !== '') return { kind: 'conditional', words };
    const operator = parser.cursor.take(/&&|\|\||[()<>]/y);
    const word = operator === '' ? parser.words.word(parser.cursor) : literal(operator);
    if (word === undefined) throw parser.cursor.incomplete();
    words.push(word);
  }
}

function literal(text: string): Word {
  return [{ kind: 'literal', text, quoted: false }];
}

function accepts(parser: Parser, word: string): boolean {
  if (parser.reserved() !== word) return false;
  parser.cursor.position += word.length;
  return true;
}
