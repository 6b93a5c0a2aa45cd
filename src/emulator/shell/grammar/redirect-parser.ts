import type { Cursor } from './cursor.js';
import type { Redirect, RedirectOperator, Word, WordPart } from './syntax.js';
import type { WordParser } from './word-parser.js';

const DASH: readonly RedirectOperator[] = ['<<', '>>', '>|', '>&', '<&', '<>', '<', '>'];
const BASH: readonly RedirectOperator[] = ['<<<', '&>>', '&>', ...DASH];

/** The redirection at the cursor, or undefined. A here-document's text is filled in at the next line end. */
export function parseRedirect(cursor: Cursor, words: WordParser): Redirect | undefined {
  const start = cursor.position;
  const digits = cursor.take(/[0-9]+(?=[<>])/y);
  const substitution = cursor.bash && digits === '' && (cursor.startsWith('<(') || cursor.startsWith('>('));
  const operators = cursor.bash ? BASH : DASH;
  const operator = substitution ? undefined : operators.find((candidate) => cursor.accept(candidate));
  if (operator === undefined) {
    cursor.position = start;
    return undefined;
  }
  const fd = digits === '' ? undefined : Number(digits);
  const stripTabs = operator === '<<' && cursor.accept('-');
  cursor.take(/[ \t]+/y);
  const target = words.word(cursor);
  if (target === undefined) throw cursor.unexpected(cursor.peek());
  if (operator !== '<<') return { fd, operator, target };
  const text: WordPart[] = [];
  cursor.pendingHereDocuments.push(() => {
    text.push(...hereDocument(cursor, words, target, stripTabs));
  });
  return { fd, operator, target: text };
}

function hereDocument(cursor: Cursor, words: WordParser, delimiter: Word, stripTabs: boolean): Word {
  const end = delimiter.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
  const literal = delimiter.some((part) => part.kind === 'literal' && part.quoted);
  let text = '';
  for (;;) {
    if (cursor.atEnd) {
      if (cursor.options.more === true) throw cursor.incomplete();
      break;
    }
    const line = cursor.take(/[^\n]*/y);
    const more = cursor.accept('\n');
    const kept = stripTabs ? line.replace(/^\t+/, '') : line;
    if (kept === end) break;
    text += more ? `${kept}\n` : kept;
  }
  if (literal) return [{ kind: 'literal', text, quoted: true }];
  return words.documentText(cursor.inner(text));
}
