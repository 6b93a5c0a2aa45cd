import { isIPv6 } from 'node:net';

/** Where Prism Central is. */
export interface Endpoint {
  /** Host name or address; an IPv6 address without brackets. */
  readonly host: string;
  /** The port that stood in the endpoint, if one did. */
  readonly port: number | undefined;
}

/**
 * Takes `HOST`, `HOST:PORT`, `IPV6`, `[IPV6]`, `[IPV6]:PORT`, and the same with `https://` in front and `/`
 * behind, because that is what users copy from a browser. The very first driver took `HOST:9440` here.
 */
export function parseEndpoint(text: string): Endpoint | { readonly problem: string } {
  const address = text
    .trim()
    .replace(/^https:\/\//i, '')
    .replace(/\/(console\/?.*)?$/, '');
  if (isIPv6(address)) return { host: address, port: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:/?#@[\]\s]+))(?::(\d{1,5}))?$/.exec(address);
  const [, v6, name = '', digits] = match ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const validPort = port === undefined || (port >= 1 && port <= 65_535);
  const validHost = v6 === undefined ? isHostName(name) : isIPv6(v6);
  if (match === null || !validPort || !validHost) {
    return {
      problem: `must be the name or address of Prism Central (HOST, HOST:PORT or [IPV6]:PORT), not "${withoutUserInfo(text)}"`,
    };
  }
  return { host: v6 ?? name, port };
}

/** Which Prism Central something is kept at: for records, and to compare with. */
export interface PrismCentral {
  readonly host: string;
  readonly port: number;
}

/** The Prism Central of the options `endpoint` and `port`, of which the first one may name a port, too. */
export function prismCentralOf(options: {
  readonly Endpoint: string;
  readonly Port: string;
}): PrismCentral | { readonly problem: string } {
  const endpoint = parseEndpoint(options.Endpoint);
  if ('problem' in endpoint) return endpoint;
  return { host: endpoint.host, port: endpoint.port ?? Number(options.Port) };
}

/** A text as it may be shown: what stands before an `@` may be a user name and password, copied from a URL. */
export function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[\s\S]*@/i, '$1***@');
}

function isHostName(name: string): boolean {
  return /^[\p{L}\p{N}_]([\p{L}\p{N}_.-]*[\p{L}\p{N}_])?\.?$/u.test(name) && name.length <= 253;
}

export function endpointCheck(text: string): string | undefined {
  const endpoint = parseEndpoint(text);
  return 'problem' in endpoint ? endpoint.problem : undefined;
}
