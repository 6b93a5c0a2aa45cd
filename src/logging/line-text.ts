/**
 * The client reads a pipe line by line with a limit of 64 KiB; one longer line ends its reading for good
 * (reference of the plugin protocol, section 3). Half of that leaves room for nothing to go wrong. Bytes.
 */
export const LONGEST_LINE = 32 * 1024;
/** What one call may log in all, bytes. An answer that is a whole web page is cut there. */
const LONGEST_TEXT = 4 * LONGEST_LINE;

/** Text as lines that can be written as they are: no control characters, none too long, none empty. UTF-8. */
export function linesOf(text: string): string[] {
  const lines = truncate(text).split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.flatMap((line) => pieces(printable(line).trimEnd())).filter((line) => line !== '');
}

/** Text as one line, at most `limit` bytes of UTF-8, cut between characters. */
export function oneLine(text: string, limit: number): string {
  const line = printable(text.replace(/\s+/g, ' ')).trim();
  const [first = '', ...more] = pieces(line, limit);
  if (more.length === 0) return first;
  const [shorter = ''] = pieces(line, limit - 3);
  return `${shorter}…`;
}

function truncate(text: string): string {
  // A character has at most three bytes per unit, so short texts need no counting.
  if (text.length * 3 <= LONGEST_TEXT) return text;
  const size = Buffer.byteLength(text);
  if (size <= LONGEST_TEXT) return text;
  const [kept = ''] = pieces(text, LONGEST_TEXT);
  return `${kept}\n(${size - Buffer.byteLength(kept)} more bytes left out)`;
}

/** Terminals act on control characters; a server's words must not. Tabs become blanks. */
function printable(line: string): string {
  return line.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '\ufffd');
}

/** Cuts a line into pieces of at most `limit` bytes of UTF-8, never inside a character. */
function pieces(line: string, limit = LONGEST_LINE): string[] {
  if (line.length * 3 <= limit) return [line];
  const bytes = Buffer.from(line);
  const result: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + limit, bytes.length);
    // A byte 10xxxxxx continues a character: step back to where that character starts.
    while (end < bytes.length && end > start + 1 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    result.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return result;
}
