import { OperationError, urlHost } from '../../../support/index.js';
import type { ProxyVariables } from '../proxy-variables.js';
import { bypassesProxy } from './no-proxy.js';

/** The proxy to be used, and what named it, e.g. `HTTPS_PROXY`. */
export interface Proxy {
  readonly url: URL;
  readonly setting: string;
  /** It was named for this connection alone, and NO_PROXY has no say. */
  readonly isExplicit: boolean;
}

/** A proxy that the user named for this connection alone. */
export interface ExplicitProxy {
  readonly text: string;
  /** What the front end calls the setting. */
  readonly setting: string;
}

/** The first that is set and not empty counts. Go's tools do not know the last two, curl does. */
const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const;
const EXCEPTIONS = ['NO_PROXY', 'no_proxy'] as const;

/**
 * The proxy for a server: the explicit one, whatever the environment says, else what HTTPS_PROXY or ALL_PROXY name
 * unless NO_PROXY excepts the server, else none.
 *
 * @throws OperationError `invalid-input`, without the address, since that may hold a password
 */
export function chooseProxy(
  host: string,
  port: number,
  explicit: ExplicitProxy | undefined,
  environment: ProxyVariables,
): Proxy | undefined {
  if (explicit !== undefined) {
    const { text, setting } = explicit;
    return { url: proxyUrl(text, setting, `Correct ${setting}.`), setting, isExplicit: true };
  }
  const setting = firstSet(VARIABLES, environment);
  const exceptions = firstSet(EXCEPTIONS, environment);
  if (setting === undefined || bypassesProxy(host, port, exceptions?.value ?? '')) return undefined;
  const wayOut = `Correct ${setting.name}, or name ${urlHost(host)} in NO_PROXY to connect without a proxy.`;
  return { url: proxyUrl(setting.value, setting.name, wayOut), setting: setting.name, isExplicit: false };
}

function firstSet(
  names: readonly string[],
  environment: ProxyVariables,
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

function proxyUrl(text: string, setting: string, wayOut: string): URL {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  // A slash, question mark or number sign in a password ends the host there, and the rest seems to be a path.
  const isTorn = url !== undefined && `${url.pathname}${url.search}${url.hash}`.includes('@');
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== undefined && isHttp && url.hostname !== '' && !isTorn) return url;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'choose the proxy',
    problem: problemWith(setting, full),
    advice: wayOut,
  });
}

function problemWith(setting: string, full: string): string {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(full) ?? [];
  if (/^socks/i.test(scheme)) {
    return `${setting} names a SOCKS proxy (${scheme}://), and only HTTP proxies are supported (http:// or https://)`;
  }
  const example = 'is not the URL of an HTTP proxy such as http://USER:PASSWORD@proxy.example:3128';
  if (!full.includes('@')) return `${setting} ${example}`;
  return `${setting} ${example}; in its user name and password the characters / ? # have to be written as %2F %3F %23`;
}
