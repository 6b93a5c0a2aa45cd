import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { asn1, util } from 'node-forge';

/** A certificate that signs itself, and its key, PEM. */
export interface OwnCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** The name that go-plugin's two sides have for each other; Go looks for it among the alternative names alone. */
const NAME = 'localhost';
/** Clocks of two processes of one computer are the same; one that is set back meanwhile must do no harm. ms. */
const BEFORE = 24 * 3_600_000;
/** The process may run as long as it likes. ms. */
const AFTER = 30 * 365 * 24 * 3_600_000;

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
} as const;
/** Numbers that mean something in one place alone; the library's type knows them by those of the universal types. */
const TAG = { version: asn1.Type.NONE, dnsName: asn1.Type.INTEGER, extensions: asn1.Type.BITSTRING } as const;
/** digitalSignature and keyCertSign: it vouches for the server, and for itself. */
const KEY_USAGE = '\x02\x84';

/**
 * A certificate of this process for one run, as go-plugin makes them: an authority that has signed itself, for
 * `localhost`. With an elliptic curve, P-256: a key of RSA would take longer to make than the whole start (RFC 5280, 5480, 5758).
 */
export function makeCertificate(now: Date): OwnCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = contentOf(publicKey, now);
  const signature = sign('sha256', Buffer.from(asn1.toDer(content).getBytes(), 'latin1'), privateKey);
  const whole = sequence(content, signatureAlgorithm(), bitString(`\0${signature.toString('latin1')}`));
  const der = Buffer.from(asn1.toDer(whole).getBytes(), 'latin1');
  return {
    certificate: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** TBSCertificate. */
function contentOf(publicKey: KeyObject, now: Date): asn1.Asn1 {
  const name = sequence(set(sequence(objectId(OID.commonName), text(NAME))));
  const publicKeyDer = publicKey.export({ type: 'spki', format: 'der' });
  return sequence(
    tagged(TAG.version, primitive(asn1.Type.INTEGER, '\x02')), // version 3
    primitive(asn1.Type.INTEGER, serialNumber()),
    signatureAlgorithm(),
    name,
    sequence(time(now.getTime() - BEFORE), time(now.getTime() + AFTER)),
    name,
    asn1.fromDer(util.createBuffer(publicKeyDer.toString('latin1'))),
    tagged(TAG.extensions, sequence(...extensions())),
  );
}

function extensions(): asn1.Asn1[] {
  const dnsName = asn1.create(asn1.Class.CONTEXT_SPECIFIC, TAG.dnsName, false, NAME);
  return [
    extension(OID.basicConstraints, true, sequence(primitive(asn1.Type.BOOLEAN, '\xff'))),
    extension(OID.keyUsage, true, bitString(KEY_USAGE)),
    extension(
      OID.extendedKeyUsage,
      false,
      sequence(objectId(OID.serverAuthentication), objectId(OID.clientAuthentication)),
    ),
    extension(OID.alternativeNames, false, sequence(dnsName)),
  ];
}

function extension(id: string, isCritical: boolean, value: asn1.Asn1): asn1.Asn1 {
  const critical = isCritical ? [primitive(asn1.Type.BOOLEAN, '\xff')] : [];
  return sequence(objectId(id), ...critical, primitive(asn1.Type.OCTETSTRING, asn1.toDer(value).getBytes()));
}

/** Positive, and too large to be made twice. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('latin1');
}

function signatureAlgorithm(): asn1.Asn1 {
  return sequence(objectId(OID.ecdsaWithSha256));
}

/** Years from 2050 on are written with four digits (RFC 5280, 4.1.2.5). */
function time(ms: number): asn1.Asn1 {
  const date = new Date(ms);
  return date.getUTCFullYear() < 2050
    ? primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));
}

function primitive(type: asn1.Type, bytes: string): asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, bytes);
}

function sequence(...values: asn1.Asn1[]): asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, values);
}

function set(...values: asn1.Asn1[]): asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, values);
}

function tagged(tag: asn1.Type, value: asn1.Asn1): asn1.Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, [value]);
}

function objectId(id: string): asn1.Asn1 {
  return primitive(asn1.Type.OID, asn1.oidToDer(id).getBytes());
}

function bitString(bytes: string): asn1.Asn1 {
  return primitive(asn1.Type.BITSTRING, bytes);
}

function text(value: string): asn1.Asn1 {
  return primitive(asn1.Type.UTF8, value);
}
