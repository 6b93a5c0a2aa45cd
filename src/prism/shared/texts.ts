/** No text of a server is shown longer than this. */
const MAX_TEXT = 600;
/** So much of an HTML page is read. */
const MAX_HTML = 64 * 1024;

/** One line, without control characters, cut between characters. */
export function capped(text: string, length = MAX_TEXT): string {
  const line = text
    .slice(0, length * 8)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length <= length ? line : `${cutText(line, length - 1)}…`;
}

/** The first `length` UTF-16 units of a text, one less where that would split a character in two. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The title of an HTML page, or its text without tags; text that is no HTML stays. */
export function textOfHtml(body: string): string {
  const start = body.slice(0, MAX_HTML);
  if (!/^\s*<(!doctype|html|head|body|h1)/i.test(start)) return start;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(start)?.[1]?.trim();
  return title !== undefined && title !== '' ? title : start.replace(/<[^>]*>/g, ' ');
}

/**
 * The key of the categories whose descriptions are the notes of a program; their values are the names of the notes. No entity
 * has such a category.
 */
export function noteKey(product: string): string {
  return `${product}-note`;
}

/** A text as part of an identifier: other characters become `-`, at most `length`. */
export function asWord(text: string, length: number): string {
  const word = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, length);
  return word === '' ? 'x' : word;
}
