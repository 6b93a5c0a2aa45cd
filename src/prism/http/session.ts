import type { Credentials } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { UNAUTHENTICATED_ADVICE } from './advice.js';
import { CookieJar } from './cookies.js';
import type { Call, Handler, Layer, Reply } from './exchange.js';
import { abortError, type Refusal } from './failure.js';

/**
 * Signs requests. The first request carries the credentials itself and all others wait for its answer, so wrong
 * credentials are shown once however many requests start together (directory accounts get locked, and parallel
 * Basic requests were refused at random). Afterwards the session's cookies do; when they are refused, one request
 * renews the session. Credentials that were refused are never sent again by this process.
 */
export function sessionLayer(credentials: Credentials, refusalOfReply: (reply: Reply) => Refusal): Layer {
  return (next) => {
    const session = new Session(credentials, refusalOfReply, next);
    return (call) => session.send(call);
  };
}

class Session {
  readonly #jar = new CookieJar();
  /** Grows with every sign-in. 0 = never signed in. */
  #generation = 0;
  #signedIn = false;
  #refused: Refusal | undefined;
  /** The request that is signing in, if one is. */
  #signingIn: Promise<unknown> | undefined;

  constructor(
    readonly credentials: Credentials,
    readonly refusalOfReply: (reply: Reply) => Refusal,
    readonly next: Handler,
  ) {}

  async send(call: Call): Promise<Reply> {
    for (;;) {
      if (this.#refused !== undefined) throw this.#unauthenticated(call, this.#refused);
      if (!this.#signedIn) {
        if (this.#signingIn === undefined) return await this.#signIn(call);
        await untilSettled(this.#signingIn, call);
        continue;
      }
      const generation = this.#generation;
      const reply = await this.next(this.#signed(call, this.#jar.header()));
      if (reply.status !== 401) return this.#keepCookies(reply);
      // Refused at the door, so it may be sent again, whatever it is.
      if (generation === this.#generation) this.#signOut(reply);
    }
  }

  async #signIn(call: Call): Promise<Reply> {
    const attempt = this.next(this.#signed(call, undefined));
    this.#signingIn = attempt;
    try {
      const reply = await attempt;
      if (reply.status === 401) {
        this.#refused = this.refusalOfReply(reply);
        throw this.#unauthenticated(call, this.#refused);
      }
      // A gateway that answers for a dead server has not looked at the credentials.
      if (reply.status < 500 && reply.status !== 429) {
        this.#signedIn = true;
        this.#generation += 1;
      }
      return this.#keepCookies(reply);
    } finally {
      this.#signingIn = undefined;
    }
  }

  /** Without cookies the credentials themselves were refused, and there is nothing to renew. */
  #signOut(reply: Reply): void {
    if (this.#jar.header() === undefined) this.#refused = this.refusalOfReply(reply);
    this.#signedIn = false;
    this.#jar.clear();
  }

  #keepCookies(reply: Reply): Reply {
    if (this.credentials.kind === 'password') this.#jar.store(reply.setCookie);
    return reply;
  }

  #signed(call: Call, cookies: string | undefined): Call {
    const proof = cookies === undefined ? proofOf(this.credentials) : { cookie: cookies };
    return { ...call, headers: { ...call.headers, ...proof } };
  }

  #unauthenticated(call: Call, refusal: Refusal): OperationError {
    const who = this.credentials.kind === 'password' ? `user "${this.credentials.username}"` : 'the API key';
    return new OperationError({
      code: 'unauthenticated',
      attempted: call.attempted,
      problem: `Prism Central refused ${who} (HTTP 401): ${refusal.text}`,
      advice: UNAUTHENTICATED_ADVICE,
      cause: refusal,
    });
  }
}

function proofOf(credentials: Credentials): Record<string, string> {
  if (credentials.kind === 'api-key') return { 'x-ntnx-api-key': credentials.key };
  const pair = `${credentials.username}:${credentials.password}`;
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

/** Waits for another request's sign-in, however it ends, but no longer than this call may take. */
async function untilSettled(signingIn: Promise<unknown>, call: Call): Promise<void> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    call.signal.addEventListener('abort', stop, { once: true });
  });
  const settled = signingIn.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([settled, aborted]);
  if (stop !== undefined) call.signal.removeEventListener('abort', stop);
  if (call.signal.aborted) throw abortError(call.signal, call.attempted);
}
