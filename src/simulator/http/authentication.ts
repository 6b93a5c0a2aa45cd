import { randomBytes, randomUUID, createHmac, timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isFrom, type PcVersion } from '../core/pc-version.js';
import { Refusal } from '../core/refusal.js';
import type { SimulatedTime } from '../core/time.js';
import type { User } from '../core/world.js';

export interface Account extends User {
  readonly password: string;
  /** Value of X-ntnx-api-key that stands for this user. */
  readonly apiKey?: string | undefined;
}

/** An account besides the administrator's. */
export interface SimulatorUser {
  readonly username: string;
  readonly password: string;
  readonly role: 'admin' | 'viewer';
  /** Accepted in the header X-ntnx-api-key instead of name and password. */
  readonly apiKey?: string | undefined;
}

export interface AccountOptions {
  /** The administrator; `admin`. */
  readonly username?: string | undefined;
  /** Random when absent. */
  readonly password?: string | undefined;
  /** Stands for the administrator in the header X-ntnx-api-key. */
  readonly apiKey?: string | undefined;
  readonly users?: readonly SimulatorUser[] | undefined;
}

/** The administrator first, then the others. A password that is not given is made up. */
export function accountsOf(options: AccountOptions): [Account, ...Account[]] {
  const administrator: Account = {
    uuid: '00000000-0000-0000-0000-000000000000',
    username: options.username ?? 'admin',
    password: options.password ?? randomBytes(12).toString('base64url'),
    apiKey: options.apiKey,
    role: 'admin',
  };
  return [administrator, ...(options.users ?? []).map((user) => ({ ...user, uuid: randomUUID() }))];
}

/** About the real servers' session life before pc.7.6. */
export const SESSION_MS = 15 * 60_000;
/** As the cookies of pc.7.6 say it (recorded-v4 README): 8 hours and a quarter. */
const LONG_SESSION_MS = 29_700_000;

/**
 * Session cookies' values: who, until when, signed. Nothing is kept per session, so that a client that never
 * sends its cookies back costs nothing; `expireAll` ends all at once.
 */
export class SessionTokens {
  readonly #key = randomBytes(32);
  readonly #life: number;
  #generation = 0;

  /** `life` in ms. */
  constructor(life: number = SESSION_MS) {
    this.#life = life;
  }

  issue(username: string, now: number): { readonly token: string; readonly expiresAt: number } {
    const expiresAt = now + this.#life;
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
  readonly #tokens: SessionTokens;
  readonly #isFrom76: boolean;
  readonly #cookieName: string;

  constructor(accounts: readonly Account[], time: SimulatedTime, version: PcVersion) {
    this.#accounts = accounts;
    this.#time = time;
    this.#isFrom76 = isFrom(version, 'pc.7.6');
    this.#tokens = new SessionTokens(this.#isFrom76 ? LONG_SESSION_MS : SESSION_MS);
    this.#cookieName = this.#isFrom76
      ? 'NTNX_SESSION_ID'
      : version.iamV2
        ? 'NTNX_IAM_SESSION'
        : 'NTNX_IGW_SESSION';
  }

  /** Throws the 401 of the real server. */
  signIn(headers: IncomingHttpHeaders): SignedIn {
    const key = headers['x-ntnx-api-key'];
    if (key !== undefined) {
      // A key beside other credentials is refused: which of the two counts is not documented.
      const account = headers.authorization === undefined ? this.#byKey(String(key)) : undefined;
      if (account === undefined) throw Refusal.unauthenticated();
      return { user: account, cookie: undefined };
    }
    const account =
      headers.authorization === undefined
        ? this.#bySession(headers.cookie ?? '')
        : this.#byPassword(headers.authorization);
    if (account === undefined) throw Refusal.unauthenticated();
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

  /** The recordings show the moment of expiry cut to whole minutes; those of pc.7.6 how long a cookie holds. */
  #setCookie(token: string, expiresAt: number): string {
    const attributes = 'Path=/;Secure;HttpOnly;SameSite=Lax';
    if (this.#isFrom76)
      return `${this.#cookieName}=${token};Max-Age=${String(LONG_SESSION_MS / 1000)};${attributes}`;
    const shown = new Date(Math.floor(expiresAt / 60_000) * 60_000).toUTCString();
    const date = shown.replace(/(\d\d) (\w{3}) (\d{4})/, '$1-$2-$3');
    return `${this.#cookieName}=${token};Expires=${date};${attributes}`;
  }
}

/** Compares without telling by its duration where the two differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
