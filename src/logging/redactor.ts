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
  /** Secrets whose spellings have yet to be worked out: most sessions write no line. Each is there once. */
  readonly #added = new Map<string, Added>();
  #pattern: RegExp | undefined;

  /** Also covers the spellings of the secret in JSON, in URLs and in Go's quoted strings. */
  add(secret: string): void {
    if (secret !== '') this.#added.set(`:${secret}`, { secret });
  }

  /** Covers `user:password` as HTTP Basic authentication carries it. */
  addBasic(username: string, password: string): void {
    if (password === '') return;
    this.#added.set(`${username.length}:${username}${password}`, { secret: password, username });
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
    this.#workOut();
    for (const secret of this.#secrets) if (text.includes(secret)) return true;
    return false;
  }

  #workOut(): void {
    if (this.#added.size === 0) return;
    for (const each of this.#added.values()) {
      for (const spelling of spellingsOf(each)) this.#secrets.add(spelling);
    }
    this.#added.clear();
    this.#pattern = undefined;
  }
}

interface Added {
  readonly secret: string;
  /** The account whose password it is. */
  readonly username?: string;
}

function spellingsOf({ secret, username }: Added): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const basic = username === undefined ? [] : [Buffer.from(`${username}:${secret}`).toString('base64')];
  return [secret, json, html, encodeUri(secret), ...(secret.length >= SHORT ? [base64] : []), ...basic];
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
