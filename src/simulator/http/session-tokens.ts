import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** About the real servers' session life. */
export const SESSION_MS = 15 * 60_000;

/**
 * Session cookies' values: who, until when, signed. Nothing is kept per session, so that a client that never
 * sends its cookies back costs nothing; `expireAll` ends all at once.
 */
export class SessionTokens {
  readonly #key = randomBytes(32);
  #generation = 0;

  issue(username: string, now: number): { readonly token: string; readonly expiresAt: number } {
    const expiresAt = now + SESSION_MS;
    const claims = JSON.stringify({ sub: username, exp: expiresAt, gen: this.#generation });
    const payload = Buffer.from(claims).toString('base64url');
    return { token: `${payload}.${this.#sign(payload)}`, expiresAt };
  }

  /** The user name of a token that holds now; undefined for anything else. */
  verify(token: string, now: number): string | undefined {
    const [payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.#sign(payload));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (!isClaims(claims) || claims.gen !== this.#generation || claims.exp <= now) return undefined;
    return claims.sub;
  }

  expireAll(): void {
    this.#generation += 1;
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url');
  }
}

function isClaims(value: unknown): value is { sub: string; exp: number; gen: number } {
  return typeof value === 'object' && value !== null && 'sub' in value && 'exp' in value && 'gen' in value;
}
