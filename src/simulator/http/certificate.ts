import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

export interface ServerCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

const DAY_MS = 24 * 60 * 60_000;
const LIFE_MS = 365 * DAY_MS;
const SUBJECT_ALTERNATIVE = { dns: 2, ip: 7 } as const;

/**
 * A fresh self-signed certificate for `host`, loopback and `localhost`. It is its own authority, so that a
 * client can be given it as a CA file. Valid from a day ago, for clocks that differ.
 */
export function selfSignedCertificate(host: string): ServerCertificate {
  // Node's generator: forge's own takes seconds where it has no native one to use.
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // Positive and in its shortest form, whatever the random bytes are: DER has no leading zeros.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + LIFE_MS);
  const name = [
    { name: 'commonName', value: 'Prism Central simulator' },
    { name: 'organizationName', value: 'prism-simulator' },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: alternativeNames(host) },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return { keyPem: keys.privateKey, certificatePem: forge.pki.certificateToPem(certificate) };
}

/** SHA-256 of the DER form, 64 lower-case hex digits. */
export function fingerprintOf(certificatePem: string): string {
  const der = forge.pem.decode(certificatePem)[0]?.body ?? '';
  return createHash('sha256').update(Buffer.from(der, 'binary')).digest('hex');
}

function alternativeNames(host: string): { type: number; value?: string; ip?: string }[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', host]);
  names.delete('0.0.0.0');
  names.delete('::');
  return [...names].map((name) =>
    isIP(name) === 0
      ? { type: SUBJECT_ALTERNATIVE.dns, value: name }
      : { type: SUBJECT_ALTERNATIVE.ip, ip: name },
  );
}
