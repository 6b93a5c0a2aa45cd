/** How to reach and sign in to a cloud's API. Plain values: reading files and environment is the front end's work. */
export interface Connection {
  /** Host name or IP address (IPv6 without brackets). */
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly trust: Trust;
  /** URL of an HTTP proxy; absent = the environment's HTTPS_PROXY and NO_PROXY decide. */
  readonly proxyUrl?: string | undefined;
  /** Which of its APIs is to be spoken, in the cloud's own words; absent = the provider finds out. */
  readonly api?: string | undefined;
}

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'api-key'; readonly key: string };

/** What is trusted: the system's authorities, these authorities (PEM), one certificate's SHA-256, or any certificate. */
export type Trust =
  | { readonly kind: 'system' }
  | { readonly kind: 'authorities'; readonly pem: string }
  /** 64 lower-case hex digits: SHA-256 of the DER certificate of the peer. */
  | { readonly kind: 'fingerprint'; readonly sha256: string }
  | { readonly kind: 'insecure' };
