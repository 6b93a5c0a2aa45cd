const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A member of a JSON object with its value as it stands in the source. */
export interface JsonMember {
  readonly key: string;
  /** Valid JSON, to the letter as it was given: numbers keep all their digits. */
  readonly source: string;
}

/**
 * The members of a JSON object in order. Values are cut out, not decoded, so that what the driver does not
 * know goes back exactly as it came. Throws a SyntaxError (or a RangeError for absurd nesting) on anything
 * that is no JSON object.
 */
export function jsonMembers(text: string): JsonMember[] {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new SyntaxError(
      `expected a JSON object, got ${parsed === null ? 'null' : Array.isArray(parsed) ? 'a list' : typeof parsed}`,
    );
  }
  // From here on the text is known to be valid, so looking for brackets, commas and quotes is enough.
  const members: JsonMember[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    if (keyStart < 0 || text.slice(at, keyStart).includes('}')) return members;
    const keyEnd = endOfString(text, keyStart);
    const valueStart = text.indexOf(':', keyEnd) + 1;
    const valueEnd = endOfValue(text, valueStart);
    const source = text.slice(valueStart, valueEnd).trim();
    members.push({ key: String(stringIn(text.slice(keyStart, keyEnd))), source });
    if (text[valueEnd] === '}') return members;
    at = valueEnd + 1;
  }
}

/** The value of a JSON text that is known to be valid. Most are strings in which nothing is escaped. */
export function stringIn(source: string): unknown {
  const isPlain = source.startsWith('"') && !source.includes('\\');
  return isPlain ? source.slice(1, -1) : JSON.parse(source);
}

/** Position behind the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    // Two backslashes are one of the string's own.
    if ((quote - before) % 2 === 1) return quote + 1;
  }
}

/** Position of the comma or bracket that ends the value which starts at `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === BRACE || code === BRACKET) depth += 1;
    else if (depth === 0 && (code === COMMA || code === END_BRACE)) return at;
    else if (code === END_BRACE || code === END_BRACKET) depth -= 1;
  }
  return text.length;
}

/** JSON as Go's encoding/json writes it: what could start markup in a page is escaped. */
export function goJson(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
