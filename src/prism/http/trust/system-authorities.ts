import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import type { ProxyVariables } from '../proxy-variables.js';

/** Where Linux distributions keep the authorities that an administrator added; the first that exists counts. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Alpine
  '/etc/pki/tls/certs/ca-bundle.crt', // Red Hat, Fedora
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem', // macOS, BSD, Alpine
];

/**
 * The authorities of the operating system together with the runtime's own, as PEM. The runtime's own do not hold
 * what an administrator installed for the company. Only asked for after a first refusal: loading costs time.
 */
export async function systemAuthorities(environment: ProxyVariables): Promise<readonly string[]> {
  const named = environment['SSL_CERT_FILE'];
  for (const path of named === undefined || named === '' ? BUNDLES : [named]) {
    try {
      return [...tls.rootCertificates, await readFile(path, 'utf8')];
    } catch {
      // Not this distribution.
    }
  }
  return tls.rootCertificates;
}
