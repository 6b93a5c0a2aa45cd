import { createHash } from 'node:crypto';

/** Namespace of our ids (RFC 9562, 5.5), a random UUID. */
const NAMESPACE = 'b0a7f1a2-5e0c-4d8e-9d53-6a1f3c1d7e42';

/** A UUID of version 5 from texts: the same on every host. */
export function idFrom(...texts: readonly string[]): string {
  const namespace = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  // Lengths stand between the texts, so that no two lists are the same bytes.
  const name = texts.map((text) => `${Buffer.byteLength(text)}:${text}`).join('');
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  // RFC 9562, 5.5: version in the upper half of octet 6, variant in the two upper bits of octet 8.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
