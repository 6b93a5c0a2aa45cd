import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { CERTIFICATES } from './store.js';

const DAYS = 3 * 365;

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** The store's authority and client certificate, made when they are not there; file names as in docker-machine. */
export function storeCertificates(): { ca: Pair; client: Pair } {
  mkdirSync(CERTIFICATES, { recursive: true, mode: 0o700 });
  const ca = kept('ca.pem', 'ca-key.pem', () => issue('small-client', undefined, []));
  return { ca, client: kept('cert.pem', 'key.pem', () => issue('small-client.client', ca, [])) };
}

/** A server certificate for an engine. */
export function serverCertificate(addresses: readonly string[]): Pair {
  return issue('small-client.server', storeCertificates().ca, addresses);
}

function kept(certificateName: string, keyName: string, make: () => Pair): Pair {
  const certificate = join(CERTIFICATES, certificateName);
  const key = join(CERTIFICATES, keyName);
  if (!existsSync(certificate)) {
    const made = make();
    writeFileSync(key, made.key, { mode: 0o600 });
    writeFileSync(certificate, made.certificate);
  }
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

function issue(organisation: string, issuer: Pair | undefined, addresses: readonly string[]): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + DAYS * 86_400_000);
  const subject = [{ name: 'organizationName', value: organisation }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    issuer === undefined ? subject : forge.pki.certificateFromPem(issuer.certificate).subject.attributes,
  );
  certificate.setExtensions([
    { name: 'basicConstraints', cA: issuer === undefined },
    issuer === undefined
      ? { name: 'keyUsage', keyCertSign: true, digitalSignature: true }
      : { name: 'extKeyUsage', serverAuth: addresses.length > 0, clientAuth: true },
    ...(addresses.length > 0
      ? [{ name: 'subjectAltName', altNames: addresses.map((ip) => ({ type: 7, ip })) }]
      : []),
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: privateKey };
}
