import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

export interface TestCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
}

interface Names {
  readonly dns?: string[];
  readonly ips?: string[];
}

/** A fresh certificate signed by itself; `names` are its subject alternative names. */
export function selfSigned(names: Names = {}): TestCertificate {
  return issued('prism.test', names);
}

/** A root, an authority that it signed, and a server's certificate for 127.0.0.1 that the authority signed. */
export function chainOfThree(): Readonly<Record<'root' | 'authority' | 'server', TestCertificate>> {
  const root = issued('root.test', 'authority');
  const authority = issued('authority.test', 'authority', root);
  return { root, authority, server: issued('prism.test', { ips: ['127.0.0.1'] }, authority) };
}

function issued(commonName: string, kind: Names | 'authority', issuer?: TestCertificate): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = issuer === undefined ? '01' : '02';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const subject = [{ name: 'commonName', value: commonName }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    issuer === undefined ? subject : forge.pki.certificateFromPem(issuer.certificatePem).subject.attributes,
  );
  const names = kind === 'authority' ? {} : kind;
  const altNames = [
    ...(names.dns ?? []).map((value) => ({ type: 2, value })),
    ...(names.ips ?? []).map((ip) => ({ type: 7, ip })),
  ];
  const authority = kind === 'authority' ? [{ name: 'basicConstraints', cA: true, critical: true }] : [];
  const extensions = [...authority, ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : [])];
  if (extensions.length > 0) certificate.setExtensions(extensions);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.keyPem ?? privateKey), forge.md.sha256.create());
  const certificatePem = forge.pki.certificateToPem(certificate);
  const fingerprint = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
  return { keyPem: privateKey, certificatePem, fingerprint };
}
