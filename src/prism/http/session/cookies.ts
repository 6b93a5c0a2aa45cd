/** The cookies of one server. Prism Central's names differ by version, so all are kept and none is looked at. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes over the Set-Cookie lines of an answer; an expired or emptied cookie is dropped. */
  store(lines: readonly string[], nowEpochMs: number = Date.now()): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const equals = pair.indexOf('=');
      if (equals <= 0) continue;
      const name = pair.slice(0, equals);
      const value = pair.slice(equals + 1);
      if (value === '' || isExpired(attributes, nowEpochMs)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  /** The Cookie header, or undefined when there is none to send. */
  header(): string | undefined {
    if (this.#cookies.size === 0) return undefined;
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** Max-Age wins over Expires (RFC 6265, 5.3). */
function isExpired(attributes: readonly string[], nowEpochMs: number): boolean {
  const values = new Map<string, string>();
  for (const attribute of attributes) {
    const [name = '', value = ''] = attribute.split('=', 2);
    values.set(name.toLowerCase(), value);
  }
  const maxAge = values.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = Date.parse(values.get('expires') ?? '');
  return !Number.isNaN(expires) && expires <= nowEpochMs;
}
