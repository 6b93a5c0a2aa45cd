import type { Credentials } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { UNAUTHENTICATED_ADVICE } from './advice.js';
import { CookieJar } from './cookies.js';
import { nameOf, proofOf } from './credentials.js';
import type { Call, Handler, Layer, Reply } from './exchange.js';
import type { Refusal } from './failure.js';
import { shareFate } from './shared-fate.js';

export interface SessionTools {
  readonly credentials: Credentials;
  /** For error texts: `host:port`. */
  readonly server: string;
  readonly refusalFrom: (reply: Reply) => Refusal;
}

/**
 * Signs requests. The first request carries the credentials itself and all others wait for its answer, so wrong
 * credentials are shown once however many requests start together (directory accounts get locked, and parallel
 * Basic requests were refused at random, reference 1.3). Afterwards the session's cookies do; when they are
 * refused, one request renews the session. Credentials that were refused are never sent again.
 */
export function sessionLayer(tools: SessionTools): Layer {
  return (next) => {
    const session = new Session(tools, next);
    return (call) => session.send(call);
  };
}

class Session {
  /** The cookies of the session we are in; undefined = not signed in. Every sign-in makes a new jar. */
  #jar: CookieJar | undefined;
  #refused: Refusal | undefined;
  /** The request that is signing in, if one is. */
  #signingIn: Promise<Reply> | undefined;

  constructor(
    readonly tools: SessionTools,
    readonly next: Handler,
  ) {}

  async send(call: Call): Promise<Reply> {
    for (;;) {
      if (this.#refused !== undefined) throw this.#unauthenticated(call, this.#refused);
      const jar = this.#jar;
      if (jar !== undefined) {
        const reply = await this.next(this.#signed(call, jar.header()));
        if (reply.status !== 401) return this.#keepCookies(reply, jar);
        // A 401 is said at the door: the call was not carried out and may be sent again, whatever it is.
        if (this.#jar === jar) this.#signOut(reply, jar);
      } else if (this.#signingIn === undefined) {
        return await this.#signIn(call);
      } else {
        await shareFate(this.#signingIn, call);
      }
    }
  }

  async #signIn(call: Call): Promise<Reply> {
    const attempt = this.next(this.#signed(call, undefined));
    this.#signingIn = attempt;
    try {
      const reply = await attempt;
      if (reply.status === 401) {
        this.#refused = this.tools.refusalFrom(reply);
        throw this.#unauthenticated(call, this.#refused);
      }
      // A gateway that answers for a dead or busy server has not looked at the credentials.
      if (reply.status >= 500 || reply.status === 429) return reply;
      this.#jar = new CookieJar();
      return this.#keepCookies(reply, this.#jar);
    } finally {
      this.#signingIn = undefined;
    }
  }

  /** Without cookies it was the credentials themselves that were refused, and there is nothing to renew. */
  #signOut(reply: Reply, jar: CookieJar): void {
    if (jar.header() === undefined) this.#refused = this.tools.refusalFrom(reply);
    this.#jar = undefined;
  }

  #keepCookies(reply: Reply, jar: CookieJar): Reply {
    if (this.tools.credentials.kind === 'password') jar.store(reply.setCookie);
    return reply;
  }

  #signed(call: Call, cookie: string | undefined): Call {
    const proof = cookie === undefined ? proofOf(this.tools.credentials) : { cookie };
    return { ...call, headers: { ...call.headers, ...proof } };
  }

  #unauthenticated(call: Call, refusal: Refusal): OperationError {
    const { credentials, server } = this.tools;
    return new OperationError({
      code: 'unauthenticated',
      attempted: call.attempted,
      problem: `${server} refused ${nameOf(credentials)} (HTTP 401): ${refusal.text}`,
      advice: UNAUTHENTICATED_ADVICE,
      cause: refusal,
    });
  }
}
