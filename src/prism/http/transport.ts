import axios, { type AxiosResponse } from 'axios';
import type { Connection } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { SettingNames } from './advice.js';
import { VerifiedAgent } from './connect.js';
import type { Call, Handler, Reply } from './exchange.js';
import { abortError } from './failure.js';
import { exchangeFailure, slowFailure } from './no-answer.js';
import { urlHost } from './url-host.js';

export interface TransportLimits {
  /** Time for one complete answer, ms. */
  readonly answerMs: number;
  /** Size of one answer after decompression, bytes. */
  readonly answerBytes: number;
  /** Time for one connection, ms: name, TCP, proxy and TLS together. */
  readonly connectMs: number;
}

/** A page of 500 VMs is about 5 MB; service times are below a second as a rule, lists take longer. */
export const DEFAULT_LIMITS: TransportLimits = {
  answerMs: 60_000,
  answerBytes: 64 * 1024 * 1024,
  connectMs: 10_000,
};

export interface Transport {
  readonly handle: Handler;
  close(): void;
}

/** The end of the chain: one HTTP exchange through axios. Knows nothing of retries, sessions or JSON errors. */
export function createTransport(
  connection: Connection,
  limits: TransportLimits = DEFAULT_LIMITS,
  settings?: SettingNames,
): Transport {
  const agent = new VerifiedAgent(connection, limits.connectMs, settings);
  const origin = `https://${urlHost(connection.host)}:${connection.port}`;
  return {
    handle: (call) => exchange(call, origin, agent, limits),
    close: () => agent.destroy(),
  };
}

async function exchange(
  call: Call,
  origin: string,
  httpsAgent: VerifiedAgent,
  limits: TransportLimits,
): Promise<Reply> {
  const givenUp = (): boolean => call.signal.aborted;
  if (givenUp()) throw abortError(call.signal, call.attempted);
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, limits.answerMs);
  call.signal.addEventListener('abort', stop, { once: true });
  try {
    const response = await axios.request<unknown>({
      adapter: 'http',
      method: call.method,
      url: origin + call.path,
      headers: { ...call.headers },
      ...(call.body === undefined ? {} : { data: JSON.stringify(call.body) }),
      httpsAgent,
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
    if (givenUp()) throw abortError(call.signal, call.attempted);
    if (controller.signal.aborted) throw slowFailure(call.attempted, limits.answerMs);
    throw connectErrorWithin(error, call) ?? exchangeFailure(call.attempted, error);
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
function connectErrorWithin(error: unknown, call: Call): OperationError | undefined {
  const inner = error instanceof Error ? error.cause : undefined;
  if (!(inner instanceof OperationError)) return undefined;
  const { code, advice, cause } = inner;
  const problem = `could not ${inner.attempted}: ${inner.problem}`;
  return new OperationError({ code, attempted: call.attempted, problem, advice, cause });
}
