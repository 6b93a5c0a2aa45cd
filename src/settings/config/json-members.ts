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
    const key: unknown = JSON.parse(text.slice(keyStart, keyEnd));
    members.push({ key: String(key), source: text.slice(valueStart, valueEnd).trim() });
    if (text[valueEnd] === '}') return members;
    at = valueEnd + 1;
  }
}

/** Position behind the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Position of the comma or bracket that ends the value which starts at `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (depth === 0 && (character === ',' || character === '}')) return at;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return text.length;
}

/** JSON as Go's encoding/json writes it: what could start markup in a page is escaped. */
export function goJson(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
