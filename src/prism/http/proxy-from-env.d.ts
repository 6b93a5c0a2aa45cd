declare module 'proxy-from-env' {
  /** The proxy's URL by HTTPS_PROXY, ALL_PROXY and NO_PROXY (either case), or '' for none. */
  export function getProxyForUrl(url: string): string;
}
