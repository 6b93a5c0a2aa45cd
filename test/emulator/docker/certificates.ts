import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

/** PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

let serial = 1;
/** Making keys is what takes time: all but authorities share one. */
let sharedKeys: { readonly privateKey: string; readonly publicKey: string } | undefined;

function makeKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** A certificate for an address, signed by `issuer`, or by itself when there is none. */
export function makeCertificate(name: string, issuer?: Certificate, address?: string): Certificate {
  const { privateKey, publicKey } = issuer === undefined ? makeKeys() : (sharedKeys ??= makeKeys());
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = (serial++).toString(16).padStart(2, '0');
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  certificate.setSubject([{ name: 'commonName', value: name }]);
  const parent = issuer === undefined ? certificate : forge.pki.certificateFromPem(issuer.certificate);
  certificate.setIssuer(parent.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: issuer === undefined },
    ...(address === undefined ? [] : [{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }]),
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? privateKey), forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: privateKey };
}
