/** A part of a MIME message: its type, its further headers (lower case), its decoded content. */
export interface MimePart {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string;
}

/** Takes a multipart message apart as RFC 2046 says: the line end before a boundary belongs to the boundary. */
export function mimePartsOf(message: string): readonly MimePart[] {
  const boundary = /^Content-Type: multipart\/mixed; boundary="([^"]+)"\n/.exec(message)?.[1];
  if (boundary === undefined) throw new Error('this is no multipart message');
  const [preamble, ...rest] = `\n${message}`.split(`\n--${boundary}`);
  if (preamble?.includes('\nMIME-Version: 1.0\n') !== true) throw new Error('it has no MIME-Version');
  if (rest.pop() !== '--\n') throw new Error('it does not end');
  return rest.map((part) => partOf(part.replace(/^\n/, '')));
}

function partOf(text: string): MimePart {
  const end = text.indexOf('\n\n');
  const headers = Object.fromEntries(
    text
      .slice(0, end)
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const { 'content-type': type = '', 'content-transfer-encoding': encoding, ...others } = headers;
  const body = text.slice(end + 2);
  const content = encoding === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : body;
  return { type: type.replace(/;.*/, ''), headers: others, content };
}
