/** A byte 80 to ff that is not part of UTF-8 stands in a JS string as the code unit dc80 to dcff. */
const ESCAPE = 0xdc00;
/** Such units, where they are not the second half of a pair. */
const ESCAPES = /([\udc80-\udcff]+)/u;

/**
 * Go's strings are bytes and need not be UTF-8. Bytes that are not become lone surrogates, which no UTF-8 makes,
 * so that a string that is only passed on comes out with the bytes it came in with (Python does so with names of
 * files, PEP 383).
 */
export function textOfBytes(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  // The replacement character is the sign of bad bytes, unless it was sent itself.
  return text.includes('\ufffd') ? escapedText(bytes.subarray(start, end)) : text;
}

/** Whether a string stands for bytes that are not UTF-8. */
export function hasEscapes(text: string): boolean {
  return ESCAPES.test(text);
}

/** The bytes of a string; the counterpart of `textOfBytes`. Lone surrogates that it does not make become U+FFFD. */
export function bytesOfText(text: string): Buffer {
  // Every second part is of escapes, whose low bytes are the bytes meant.
  const parts = text.split(ESCAPES);
  return Buffer.concat(parts.map((part, i) => Buffer.from(part, i % 2 === 0 ? 'utf8' : 'latin1')));
}

function escapedText(bytes: Buffer): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const code = codePointAt(bytes, at);
    if (code < 0) {
      units[length++] = ESCAPE + (bytes[at++] ?? 0);
    } else if (code < 0x1_0000) {
      units[length++] = code;
      at += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    } else {
      units[length++] = 0xd800 + ((code - 0x1_0000) >> 10);
      units[length++] = 0xdc00 + (code & 0x3ff);
      at += 4;
    }
  }
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
}

/** The least code point that needs so many bytes. */
const LEAST = [0, 0, 0x80, 0x800, 0x1_0000];

/** The character that begins at `at`; -1 if none does: a byte out of place, a longer form, a surrogate. */
function codePointAt(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return lead;
  if (lead < 0xc0 || lead > 0xf4) return -1;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  let code = lead & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code < (LEAST[size] ?? 0) || code > 0x10_ffff || isSurrogate ? -1 : code;
}
