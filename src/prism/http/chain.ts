import type { Connection, Credentials } from '../../provider/index.js';
import { type Clock, type Logger, urlHost } from '../../support/index.js';
import type { SettingNames } from './advice.js';
import { allowanceLayer } from './allowance/allowance.js';
import { recogniseKey } from './session/credentials.js';
import { debugLogLayer } from './debug-log.js';
import type { ProxyVariables } from './proxy-variables.js';
import { errorsLayer, refusalFrom, type ErrorBodyReader } from './errors.js';
import type { HttpCall } from './exchange.js';
import { parseJson, type JsonReply } from './parse.js';
import { retryLayer } from './retry/retry.js';
import { sessionLayer } from './session/session.js';
import type { SignInGate } from './session/sign-in-gate.js';
import { createTransport, type TransportLimits } from './connection/transport.js';

export interface ChainTools {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly readErrorBody: ErrorBodyReader;
  /** 0 <= n < 1; for jitter. */
  readonly random?: (() => number) | undefined;
  readonly limits?: TransportLimits | undefined;
  /** Named in the advice about an untrusted certificate. */
  readonly settingNames?: SettingNames | undefined;
  /** Names proxies and authorities; the process's own unless given. */
  readonly environment?: ProxyVariables | undefined;
  /** Makes the gate for a server (`host:port`) and the credentials as they are sent. */
  readonly gateFor?: ((server: string, credentials: Credentials) => SignInGate) | undefined;
}

/** A call that a back end makes; its lines go to the client's log unless it names another one. */
export type HttpRequest = Omit<HttpCall, 'logger'> & { readonly logger?: Logger };

export interface HttpClient {
  /** For error texts: `host:port`. */
  readonly server: string;
  send(call: HttpRequest): Promise<JsonReply>;
  close(): void;
}

/**
 * Assembles the chain. A call passes, from the outside in:
 *
 *   parse      text -> JSON                                    (sees successes only)
 *   errors     every answer that is not 2xx -> OperationError  (once, after the last attempt)
 *   retry      sends again what may be sent again              (each attempt is signed anew)
 *   session    cookies, Basic or API key; one sign-in at a time
 *   allowance  waits until the server's rate limits allow a request
 *   debug log  one line per exchange that really took place
 *   transport  axios, TLS, proxy
 */
export function createHttpClient(connection: Connection, tools: ChainTools): HttpClient {
  const { logger, clock, readErrorBody } = tools;
  const transport = createTransport(connection, tools.limits, tools.settingNames, tools.environment);
  const logged = debugLogLayer(() => clock.now())(transport.handle);
  const credentials = recogniseKey(connection.credentials);
  const server = `${urlHost(connection.host)}:${connection.port}`;
  const paced = allowanceLayer({ clock, server })(logged);
  const signed = sessionLayer({
    credentials,
    server,
    gate: tools.gateFor?.(server, credentials),
    prepare: () => transport.prepare(),
    refusalFrom: (reply) => refusalFrom(reply, readErrorBody),
  })(paced);
  const retried = retryLayer({ clock, random: tools.random ?? Math.random, server })(signed);
  const send = parseJson(errorsLayer(readErrorBody)(retried));
  const headers = { accept: 'application/json', 'user-agent': tools.userAgent };
  return {
    server,
    send: (call) => {
      const type = call.body === undefined ? {} : { 'content-type': 'application/json' };
      return send({ logger, ...call, headers: { ...headers, ...type, ...call.headers } });
    },
    close: () => transport.close(),
  };
}
