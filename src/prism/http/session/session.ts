import type { Credentials } from '../../../provider/index.js';
import { abortError, OperationError } from '../../../support/index.js';
import { triedAgainAdvice, UNAUTHENTICATED_ADVICE } from '../advice.js';
import { CookieJar } from './cookies.js';
import { accountInWords, proofOf } from './credentials.js';
import type { HttpCall, Handler, Layer, Reply } from '../exchange.js';
import { HttpRefusal } from '../failure.js';
import { joinFlight } from './single-flight.js';
import {
  OPEN_GATE,
  type Admission,
  type EarlierRefusal,
  type SignInGate,
  type SignInOutcome,
} from './sign-in-gate.js';

export interface SessionTools {
  readonly credentials: Credentials;
  /** For error texts: `host:port`. */
  readonly server: string;
  readonly refusalFrom: (reply: Reply) => HttpRefusal;
  /** What other processes know of these credentials; absent = each finds out for itself. */
  readonly gate?: SignInGate | undefined;
  /** Begins a connection for the request that will sign in, while the gate is asked. */
  readonly prepare?: (() => void) | undefined;
}

interface Refused {
  readonly refusal: HttpRefusal;
  /** Set when it was not this session's request that was refused. */
  readonly earlier?: EarlierRefusal | undefined;
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
  #refused: Refused | undefined;
  readonly #gate: SignInGate;
  /** The request that is signing in, if one is. */
  #signingIn: Promise<Reply> | undefined;

  constructor(
    readonly tools: SessionTools,
    readonly next: Handler,
  ) {
    this.#gate = tools.gate ?? OPEN_GATE;
  }

  async send(call: HttpCall): Promise<Reply> {
    for (;;) {
      if (this.#refused !== undefined) throw this.#unauthenticated(call, this.#refused);
      const jar = this.#jar;
      if (jar !== undefined) {
        const reply = await this.next(this.#signed(call, jar.header()));
        if (reply.status !== 401) return this.#keepCookies(reply, jar);
        // The server answers 401 before it acts on the call, so any call may be sent again.
        if (this.#jar === jar) await this.#signOut(reply, jar);
      } else if (this.#signingIn === undefined) {
        return await this.#signIn(call);
      } else {
        await joinFlight(this.#signingIn, call, this.tools.server);
      }
    }
  }

  async #signIn(call: HttpCall): Promise<Reply> {
    const attempt = this.#tryCredentials(call);
    this.#signingIn = attempt;
    try {
      const reply = await attempt;
      if (!isAnswerToCredentials(reply)) return reply;
      this.#jar = new CookieJar();
      return this.#keepCookies(reply, this.#jar);
    } finally {
      this.#signingIn = undefined;
    }
  }

  /** Sends the call with the credentials, unless they are known to be refused. Rejects when they are refused. */
  async #tryCredentials(call: HttpCall): Promise<Reply> {
    if (call.repeatable) this.tools.prepare?.();
    const admission = await this.#enter(call);
    const { refusal: earlier } = admission;
    if (earlier !== undefined) {
      throw this.#unauthenticated(
        call,
        (this.#refused = { refusal: new HttpRefusal(401, [], earlier.words), earlier }),
      );
    }
    let outcome: SignInOutcome = { kind: 'unanswered' };
    try {
      const reply = await this.next(this.#signed(call, undefined));
      if (reply.status === 401) {
        const refusal = this.tools.refusalFrom(reply);
        outcome = { kind: 'refused', words: refusal.text };
        throw this.#unauthenticated(call, (this.#refused = { refusal }));
      }
      if (isAnswerToCredentials(reply)) outcome = { kind: 'accepted' };
      return reply;
    } finally {
      const isUntold = outcome.kind === 'unanswered' && call.signal.aborted;
      await admission.report(isUntold ? { kind: 'abandoned' } : outcome);
    }
  }

  async #enter(call: HttpCall): Promise<Admission> {
    try {
      return await this.#gate.enter(call.signal);
    } catch {
      const waitedFor = `the sign-in of another process at ${this.tools.server}`;
      throw abortError(call.signal, call.attempted, { waitedFor });
    }
  }

  /** Without cookies it was the credentials themselves that were refused, and there is nothing to renew. */
  async #signOut(reply: Reply, jar: CookieJar): Promise<void> {
    this.#jar = undefined;
    if (jar.header() !== undefined) return;
    const refusal = this.tools.refusalFrom(reply);
    this.#refused = { refusal };
    await this.#gate.refused(refusal.text);
  }

  #keepCookies(reply: Reply, jar: CookieJar): Reply {
    if (this.tools.credentials.kind === 'password') jar.store(reply.setCookie);
    return reply;
  }

  #signed(call: HttpCall, cookie: string | undefined): HttpCall {
    const proof = cookie === undefined ? proofOf(this.tools.credentials) : { cookie };
    return { ...call, headers: { ...call.headers, ...proof } };
  }

  #unauthenticated(call: HttpCall, { refusal, earlier }: Refused): OperationError {
    const { credentials, server } = this.tools;
    const when =
      earlier === undefined ? '' : ` ${Math.round(earlier.age / 1000)} s ago, and was not asked again`;
    return new OperationError({
      code: 'unauthenticated',
      attempted: call.attempted,
      problem: `${server} refused ${accountInWords(credentials)} (HTTP 401)${when}: ${refusal.text}`,
      advice:
        earlier === undefined
          ? UNAUTHENTICATED_ADVICE
          : `${UNAUTHENTICATED_ADVICE} ${triedAgainAdvice(earlier)}`,
      cause: refusal,
    });
  }
}

/** A gateway that answers for a dead or busy server has not looked at the credentials. */
function isAnswerToCredentials({ status }: Reply): boolean {
  return status < 500 && status !== 429;
}
