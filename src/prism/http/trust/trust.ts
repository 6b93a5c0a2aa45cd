import { createHash, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import type { Trust } from '../../../provider/index.js';

/** SHA-256 of a DER certificate, 64 lower-case hex digits. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * TLS options for a kind of trust. `authorities` replaces the runtime's own authorities when given.
 *
 * With a pinned fingerprint (and without a check) the runtime accepts every certificate; `acceptPeer` has
 * the last word before a byte of HTTP is sent.
 */
export function trustOptions(trust: Trust, authorities?: readonly string[]): tls.ConnectionOptions {
  switch (trust.kind) {
    case 'system':
      return authorities === undefined ? {} : { ca: [...authorities] };
    case 'authorities':
      // What the user gives is where trust begins, also when it is an intermediate authority without its root.
      return {
        ca: trust.pem,
        allowPartialTrustChain: true,
        checkServerIdentity: nameOrGivenCertificate(trust.pem),
      };
    case 'fingerprint':
    case 'insecure':
      return { rejectUnauthorized: false };
  }
}

/** Undefined when the peer may be talked to; otherwise why not. */
export function acceptPeer(trust: Trust, socket: tls.TLSSocket): string | undefined {
  if (trust.kind !== 'fingerprint') return undefined;
  const der = peerCertificate(socket)?.raw;
  if (der === undefined) return 'the server showed no certificate';
  if (fingerprintOf(der) === trust.sha256.toLowerCase()) return undefined;
  return `the certificate is not the pinned one (sha256:${trust.sha256.toLowerCase()})`;
}

/** What the user needs to recognise a certificate. */
export interface PeerDescription {
  readonly fingerprint: string;
  readonly text: string;
}

export function describePeer(socket: tls.TLSSocket): PeerDescription | undefined {
  const certificate = peerCertificate(socket);
  if (certificate === undefined) return undefined;
  const fingerprint = fingerprintOf(certificate.raw);
  const subject = oneLine(certificate.subject);
  const issuer = oneLine(certificate.issuer);
  const signed = subject === issuer ? 'signed by itself' : `issued by ${issuer}`;
  const text = `the server's certificate is sha256:${fingerprint}, for ${subject}, ${signed}, valid until ${certificate.validTo}`;
  return { fingerprint, text };
}

function peerCertificate(socket: tls.TLSSocket): X509Certificate | undefined {
  const { raw } = socket.getPeerCertificate() as Partial<tls.PeerCertificate>;
  return raw === undefined ? undefined : new X509Certificate(raw);
}

function oneLine(distinguishedName: string): string {
  const text = distinguishedName.split('\n').join(', ');
  return text === '' ? '(no name)' : text.slice(0, 200);
}

/**
 * A certificate that is itself in the given file is trusted whatever name it bears: Prism Central's own
 * certificate names neither the address nor the host, and handing over the very certificate is pinning it.
 */
function nameOrGivenCertificate(pem: string): typeof tls.checkServerIdentity {
  const given = new Set(certificatesIn(pem).map((certificate) => fingerprintOf(certificate.raw)));
  return (host, certificate) =>
    given.has(fingerprintOf(certificate.raw)) ? undefined : tls.checkServerIdentity(host, certificate);
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** Error codes with which the TLS layer refuses a certificate, as opposed to failing in another way. */
export function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && (CERTIFICATE_CODES.has(code) || code.startsWith('CERT_'));
}

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
