import type { AxiosResponse } from 'axios';
import type { Connection } from '../../../provider/index.js';
import { abortError, OperationError, urlHost } from '../../../support/index.js';
import { silenceAdvice, type SettingNames } from '../advice.js';
import { Connector, VerifiedAgent } from './connect.js';
import type { HttpCall, Handler, Reply } from '../exchange.js';
import type { ProxyVariables } from '../proxy-variables.js';
import { exchangeFailure, slowFailure } from '../no-answer.js';

/** A page of 500 VMs is about 5 MB; service times are below a second as a rule, lists take longer. */
export const REQUEST_LIMITS = {
  /** Time for one complete answer, ms. */
  answerMs: 60_000,
  /** Size of one answer after decompression, bytes. */
  answerBytes: 64 * 1024 * 1024,
  /** Time for one connection, ms: name, TCP, proxy and TLS together. */
  connectMs: 10_000,
};
export type TransportLimits = Readonly<typeof REQUEST_LIMITS>;

export interface Transport {
  readonly handle: Handler;
  /** Begins a connection for a repeatable call that will come soon. Nothing is sent on it before. */
  prepare(): void;
  close(): void;
}

/** The end of the chain: one HTTP exchange through axios. Knows nothing of retries, sessions or JSON errors. */
export function createTransport(
  connection: Connection,
  limits: TransportLimits = REQUEST_LIMITS,
  settings?: SettingNames,
  environment: ProxyVariables = process.env,
): Transport {
  const connector = new Connector(connection, limits.connectMs, settings, environment);
  const kept = new VerifiedAgent(() => connector.take(), true);
  const fresh = new VerifiedAgent(() => connector.open(), false);
  const origin = `https://${urlHost(connection.host)}:${connection.port}`;
  return {
    /**
     * A server may close a kept connection at the very moment in which the next request goes out, and then there is
     * no telling whether it was carried out. So what must not be sent twice never goes on a used connection.
     */
    handle: (call) => {
      const isFresh = !call.repeatable || call.freshConnection === true;
      return exchange(call, origin, { connector, agent: isFresh ? fresh : kept }, limits);
    },
    prepare: () => connector.prepare(),
    close: () => {
      connector.close();
      kept.destroy();
      fresh.destroy();
    },
  };
}

interface Way {
  readonly connector: Connector;
  readonly agent: VerifiedAgent;
}

/** The operation's time is over, or it was ended, while the call was under way. */
function givenUpOn(call: HttpCall, connector: Connector): OperationError {
  const { server, isConnecting } = connector;
  const waitedFor = isConnecting
    ? `a connection to ${server}`
    : `the answer of ${server} (${call.attempted})`;
  return abortError(call.signal, call.attempted, { waitedFor, advice: silenceAdvice(server) });
}

async function exchange(
  call: HttpCall,
  origin: string,
  { connector, agent }: Way,
  limits: TransportLimits,
): Promise<Reply> {
  const givenUp = (): boolean => call.signal.aborted;
  if (givenUp()) throw abortError(call.signal, call.attempted);
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, limits.answerMs);
  call.signal.addEventListener('abort', stop, { once: true });
  try {
    const { default: axios } = await import('axios');
    const response = await axios.request<unknown>({
      adapter: 'http',
      method: call.method,
      url: origin + call.path,
      headers: { ...call.headers },
      ...(call.body === undefined ? {} : { data: JSON.stringify(call.body) }),
      httpsAgent: agent,
      // The agent does the proxying, because axios has no CONNECT.
      proxy: false,
      // Credentials must not follow a redirect to another host; the API has none.
      maxRedirects: 0,
      maxContentLength: limits.answerBytes,
      responseType: 'text',
      transformResponse: (text: unknown) => text,
      validateStatus: () => true,
      signal: controller.signal,
    });
    return replyFrom(response);
  } catch (error) {
    if (givenUp()) throw givenUpOn(call, connector);
    const { server } = connector;
    if (controller.signal.aborted) throw slowFailure(call.attempted, server, limits.answerMs);
    throw connectErrorWithin(error, call) ?? exchangeFailure(call.attempted, server, error);
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', stop);
  }
}

function replyFrom({ status, headers, data }: AxiosResponse<unknown>): Reply {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') flat[name.toLowerCase()] = value;
  }
  const setCookie = headers['set-cookie'] ?? [];
  return { status, headers: flat, setCookie, body: typeof data === 'string' ? data : '' };
}

/** The agent's own error, which axios has wrapped, told as part of this call. */
function connectErrorWithin(error: unknown, call: HttpCall): OperationError | undefined {
  const inner = error instanceof Error ? error.cause : undefined;
  if (!(inner instanceof OperationError)) return undefined;
  const problem = `could not ${inner.attempted}: ${inner.problem}`;
  return inner.with({ attempted: call.attempted, problem });
}
