import { OperationError, systemCode } from '../../../support/index.js';
import { NoAnswer, type NoAnswerKind } from '../failure.js';
import { connectKind } from '../no-answer.js';
import { isCertificateProblem } from '../trust/trust.js';
import type { Proxy } from './choose.js';

/** The proxy in words, without its password: `the proxy http://proxy.example:3128 (HTTPS_PROXY)`. */
export function nameOfProxy({ url, setting }: Proxy): string {
  return `the proxy ${url.protocol}//${url.host} (${setting})`;
}

/** What to do about a connection that a proxy does not make, or not well. */
export function proxyAdvice({ setting, isExplicit }: Proxy): string {
  return isExplicit
    ? `Check the proxy, and its address in ${setting}.`
    : `Check the proxy, and its address in ${setting}, or name the endpoint in NO_PROXY to connect without it.`;
}

/** The proxy answered, and the answer was no. */
export function refusedByProxy(proxy: Proxy, target: string, status: number): OperationError {
  const signedIn = proxy.url.username !== '' || proxy.url.password !== '';
  if (status === 407) {
    const problem = signedIn
      ? 'the proxy refused the user name and password (HTTP 407)'
      : 'the proxy wants a user name and password (HTTP 407)';
    const how = `Give them in ${proxy.setting} as ${proxy.url.protocol}//USER:PASSWORD@${proxy.url.host}`;
    const advice = `${how}, with characters such as / ? # @ : % in them written as %2F %3F %23 %40 %3A %25.`;
    return failure(proxy, target, 'proxy-sign-in', problem, advice);
  }
  // A proxy that answers 5xx did not reach the far end, which may be there in a moment.
  if (status >= 500) {
    const problem = `the proxy could not reach ${target} (HTTP ${status})`;
    return failure(proxy, target, 'connection', problem);
  }
  const problem = `the proxy does not allow a connection to ${target} (HTTP ${status})`;
  const allowed = 'Have the host and the port allowed on the proxy: many allow tunnels to port 443 alone.';
  return failure(proxy, target, 'proxy', problem, `${allowed} ${proxyAdvice(proxy)}`);
}

/** There was no answer of the proxy that could be read. */
export function noTunnel(proxy: Proxy, target: string, error: unknown, tooLate: boolean): OperationError {
  const code = systemCode(error);
  const words = error instanceof Error ? error.message : String(error);
  if (tooLate) return failure(proxy, target, 'slow', 'the proxy did not answer in time', undefined, error);
  if (isCertificateProblem(code)) {
    const problem = `the certificate of the proxy itself is not trusted: ${words}`;
    const advice =
      'Install the authority of the proxy on this machine (SSL_CERT_FILE may name the file), or reach the proxy by http://.';
    return failure(proxy, target, 'trust', problem, advice, error);
  }
  const kind = code?.startsWith('HPE_') === true ? 'protocol' : connectKind(code, error);
  return failure(proxy, target, kind, wordsFor(kind, code ?? words), undefined, error);
}

function wordsFor(kind: NoAnswerKind, reason: string): string {
  switch (kind) {
    case 'name-resolution':
      return `the name of the proxy could not be resolved (${reason})`;
    case 'protocol':
      return `what answers there is no such proxy (${reason})`;
    case 'reset':
      return `the proxy closed the connection without an answer (${reason})`;
    case 'slow':
      return `the proxy did not answer in time (${reason})`;
    default:
      return `the proxy could not be reached (${reason})`;
  }
}

function failure(
  proxy: Proxy,
  target: string,
  kind: NoAnswerKind,
  problem: string,
  advice: string = proxyAdvice(proxy),
  cause?: unknown,
): OperationError {
  return new OperationError({
    code: 'unreachable',
    attempted: `connect to ${target} through ${nameOfProxy(proxy)}`,
    problem,
    advice,
    cause: new NoAnswer(kind, false, cause),
  });
}
