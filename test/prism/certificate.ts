import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

export interface TestCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
}

/** A fresh certificate signed by itself; `names` are its subject alternative names. */
export function selfSigned(
  names: { readonly dns?: string[]; readonly ips?: string[] } = {},
): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const subject = [{ name: 'commonName', value: 'prism.test' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  const altNames = [
    ...(names.dns ?? []).map((value) => ({ type: 2, value })),
    ...(names.ips ?? []).map((ip) => ({ type: 7, ip })),
  ];
  if (altNames.length > 0) certificate.setExtensions([{ name: 'subjectAltName', altNames }]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  const certificatePem = forge.pki.certificateToPem(certificate);
  const fingerprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
  return { keyPem: privateKey, certificatePem, fingerprint };
}
