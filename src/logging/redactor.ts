/** Put in the place of a secret. */
const MASK = '[secret]';
/** Shorter secrets are only masked where they stand alone, or they would tear ordinary words apart. */
const SHORT = 4;

/** Where a connection to a cloud has its secrets. */
export interface ConnectionSecrets {
  readonly credentials:
    | { readonly kind: 'password'; readonly username: string; readonly password: string }
    | { readonly kind: 'api-key'; readonly key: string };
  readonly proxyUrl?: string | undefined;
}

/** Takes secrets out of text, whatever way they got into it. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /** Also covers the spellings of the secret in JSON, in URLs and in Go's quoted strings. */
  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    const json = JSON.stringify(secret).slice(1, -1);
    const html = json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
    for (const spelling of [json, html, encodeUri(secret)]) this.#secrets.add(spelling);
    if (secret.length >= SHORT) this.#secrets.add(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    this.#pattern = undefined;
  }

  /** Covers `user:password` as HTTP Basic authentication carries it. */
  addBasic(username: string, password: string): void {
    if (password === '') return;
    this.add(password);
    this.#secrets.add(Buffer.from(`${username}:${password}`).toString('base64'));
    this.#pattern = undefined;
  }

  /** Covers the password in a URL, if there is one. */
  addUrl(url: string): void {
    if (!URL.canParse(url)) return;
    const { password } = new URL(url);
    this.add(password);
    this.add(decodeUri(password));
  }

  /** Covers what is secret in a connection. */
  addConnection({ credentials, proxyUrl }: ConnectionSecrets): void {
    if (credentials.kind === 'api-key') this.add(credentials.key);
    else this.addBasic(credentials.username, credentials.password);
    if (proxyUrl !== undefined) this.addUrl(proxyUrl);
  }

  redact(text: string): string {
    // Most lines have none, and then the pattern, which each session has to compile for itself, is not needed.
    if (!this.#isIn(text)) return text;
    this.#pattern ??= patternOf(this.#secrets);
    return text.replace(this.#pattern, MASK);
  }

  #isIn(text: string): boolean {
    for (const secret of this.#secrets) if (text.includes(secret)) return true;
    return false;
  }
}

function patternOf(secrets: ReadonlySet<string>): RegExp {
  // The longest first, so that a secret which begins like another is taken whole.
  const alternatives = [...secrets]
    .sort((a, b) => b.length - a.length)
    .map((secret) => {
      const literal = secret.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      return secret.length >= SHORT ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
    });
  return new RegExp(alternatives.join('|'), 'gu');
}

function encodeUri(text: string): string {
  // A lone surrogate cannot be encoded; it cannot appear in a URL either.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
