/** One line of an authorized_keys file (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKey {
  /** The public key in SSH's wire form. */
  readonly blob: Buffer;
  readonly type: string;
  /** `command="…"`: what runs, whatever the client asks for. */
  readonly forcedCommand: string | undefined;
}

const LINE =
  /^(?<options>(?:[A-Za-z0-9-]+(?:="(?:\\.|[^"\\])*")?(?:,(?=\S)|\s+))*?)(?<type>(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+)\s+(?<key>[A-Za-z0-9+/]+={0,3})(?:\s|$)/;

/** Reads the file; lines that are no keys are skipped, as sshd skips them. */
export function parseAuthorizedKeys(text: string): AuthorizedKey[] {
  return text.split('\n').flatMap((line) => {
    const { options = '', type = '', key = '' } = LINE.exec(line.trim())?.groups ?? {};
    if (type === '') return [];
    const forced = /(?:^|,)command="((?:\\.|[^"\\])*)"/.exec(options)?.[1];
    return [{ type, blob: Buffer.from(key, 'base64'), forcedCommand: forced?.replace(/\\"/g, '"') }];
  });
}
