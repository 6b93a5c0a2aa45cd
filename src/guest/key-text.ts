/** A private key in one of the formats that all clients read (golang.org/x/crypto/ssh and OpenSSH). */
export interface KeyBlock {
  /** What stands behind BEGIN: `OPENSSH` for OpenSSH's own format, `RSA` and `EC` for PEM. */
  readonly format: 'OPENSSH' | 'RSA' | 'EC';
  /** The block alone, as ssh-keygen writes it: lines that end as on Unix, the last one too, and nothing around. */
  readonly text: string;
  /** What the lines hold. */
  readonly bytes: Buffer;
}

const BLOCK =
  /^[\t ]*-----BEGIN (OPENSSH|RSA|EC) PRIVATE KEY-----[\t ]*\n([^]*?)^[\t ]*-----END \1 PRIVATE KEY-----[\t ]*$/m;

/**
 * The first private key in a text, or undefined when there is none in a format that is read, or not the whole
 * of one. OpenSSH is strict with its own format: a byte order mark, blank lines or a comment before BEGIN,
 * Windows line ends or a last line without line end, and it says `error in libcrypto`, whereas other libraries
 * read the key. Mails, editors and forms put all of these in, so the block is written anew.
 */
export function findKeyBlock(text: string): KeyBlock | undefined {
  const [, name, body = ''] = BLOCK.exec(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')) ?? [];
  const format = (['OPENSSH', 'RSA', 'EC'] as const).find((known) => known === name);
  if (format === undefined) return undefined;
  const lines = body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  // Encrypted PEM has `Proc-Type` and `DEK-Info` before an empty line.
  const headers = lines.filter((line) => line.includes(':'));
  const rows = lines.filter((line) => !line.includes(':'));
  const base64 = rows.join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const written = [
    `-----BEGIN ${format} PRIVATE KEY-----`,
    ...(headers.length === 0 ? [] : [...headers, '']),
    ...rows,
    `-----END ${format} PRIVATE KEY-----`,
    '',
  ];
  return { format, text: written.join('\n'), bytes: Buffer.from(base64, 'base64') };
}

const AS_WRITTEN =
  /^-----BEGIN (OPENSSH|RSA|EC) PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]+\n)+-----END \1 PRIVATE KEY-----\n$/;

/** Whether OpenSSH and the other clients read the file as it stands, when it is not copied. */
export function isReadAsItStands(text: string): boolean {
  return AS_WRITTEN.test(text);
}

/**
 * The public half that stands unencrypted in front of the private one in OpenSSH's own format (PROTOCOL.key),
 * in wire format; undefined where the bytes are something else.
 */
export function publicHalfInFront(bytes: Buffer): Buffer | undefined {
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    return at <= bytes.length ? bytes.subarray(start, at) : undefined;
  };
  // Cipher, key derivation and its options; then the number of keys, 4 bytes.
  for (let skipped = 0; skipped < 3; skipped += 1) if (next() === undefined) return undefined;
  at += 4;
  return next();
}
