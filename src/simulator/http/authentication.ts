import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PcVersion } from '../core/pc-version.js';
import type { SimulatedTime } from '../core/time.js';
import { Refusal } from '../core/refusal.js';
import { SessionTokens } from './session-tokens.js';
import type { User } from '../core/users.js';
import type { Account } from './accounts.js';

export interface SignedIn {
  readonly user: User;
  /** Value for Set-Cookie; absent for API keys, which know no sessions. */
  readonly cookie: string | undefined;
}

/**
 * Basic, session cookie or API key, judged anew on every request. A session is not made longer by being used:
 * only Basic gives a new one, so that a long wait meets a 401.
 */
export class Authentication {
  readonly #accounts: readonly Account[];
  readonly #time: SimulatedTime;
  readonly #tokens = new SessionTokens();
  readonly #cookieName: string;

  constructor(accounts: readonly Account[], time: SimulatedTime, version: PcVersion) {
    this.#accounts = accounts;
    this.#time = time;
    this.#cookieName = version.iamV2 ? 'NTNX_IAM_SESSION' : 'NTNX_IGW_SESSION';
  }

  /** Throws the 401 of the real server. */
  signIn(headers: IncomingHttpHeaders): SignedIn {
    const key = headers['x-ntnx-api-key'];
    if (key !== undefined) {
      // A key beside other credentials is refused: which of the two counts is not documented.
      const account = headers.authorization === undefined ? this.#byKey(String(key)) : undefined;
      if (account === undefined) throw unauthenticated();
      return { user: account, cookie: undefined };
    }
    const account =
      headers.authorization === undefined
        ? this.#bySession(headers.cookie ?? '')
        : this.#byPassword(headers.authorization);
    if (account === undefined) throw unauthenticated();
    if (headers.authorization === undefined) return { user: account, cookie: undefined };
    const { token, expiresAt } = this.#tokens.issue(account.username, this.#time.now());
    return { user: account, cookie: this.#setCookie(token, expiresAt) };
  }

  expireSessions(): void {
    this.#tokens.expireAll();
  }

  #byPassword(header: string): Account | undefined {
    const encoded = /^basic\s+(\S+)$/i.exec(header)?.[1];
    if (encoded === undefined) return undefined;
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    const [name, password] = [credentials.slice(0, colon), credentials.slice(colon + 1)];
    return this.#accounts.find((account) => account.username === name && same(account.password, password));
  }

  #bySession(header: string): Account | undefined {
    for (const pair of header.split(';')) {
      const [name, value = ''] = pair.trim().split(/=(.*)/s);
      if (name !== this.#cookieName) continue;
      const username = this.#tokens.verify(value, this.#time.now());
      if (username !== undefined) return this.#accounts.find((account) => account.username === username);
    }
    return undefined;
  }

  #byKey(key: string): Account | undefined {
    return this.#accounts.find(({ apiKey }) => apiKey !== undefined && same(apiKey, key));
  }

  /** The recordings show the moment of expiry cut to whole minutes. */
  #setCookie(token: string, expiresAt: number): string {
    const shown = new Date(Math.floor(expiresAt / 60_000) * 60_000).toUTCString();
    const date = shown.replace(/(\d\d) (\w{3}) (\d{4})/, '$1-$2-$3');
    return `${this.#cookieName}=${token};Expires=${date};Path=/;Secure;HttpOnly;SameSite=Lax`;
  }
}

/** Compares without telling by its duration where the two differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function unauthenticated(): Refusal {
  return new Refusal({
    status: 401,
    reason: 'AUTHENTICATION_REQUIRED',
    message: 'Authentication required.',
    details: 'Basic realm="Intent Gateway Login Required"',
  });
}
