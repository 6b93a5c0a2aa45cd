/** Vital product data of SCSI devices (SPC-4, 7.8): the names by which a disk tells which one it is. */

const UNIT_SERIAL = 0x80;
const DEVICE_IDENTIFICATION = 0x83;
const BINARY = 1;
/** The designator names a port of the target, not the disk. */
const OF_PORT = 1;

/**
 * The serial in page 0x80; undefined when the bytes are no such page.
 *
 *     0     1     2       4
 *     | dev | 80  | size  | serial, ASCII, filled up with blanks |
 */
export function unitSerialIn(page: Uint8Array): string | undefined {
  const bytes = bodyOf(page, UNIT_SERIAL);
  if (bytes === undefined) return undefined;
  const serial = textOf(bytes);
  return serial === '' ? undefined : serial;
}

/**
 * The names of the disk in page 0x83, in their order: texts as they are, binary ones in hexadecimal. A designator that
 * reaches beyond the page ends the reading.
 *
 *     0     1     2       4
 *     | dev | 83  | size  | designators |
 *
 *     each designator:
 *     0                1                                 2     3      4
 *     | protocol, code | has protocol, belongs to, type  | 0   | size | name |
 *       4 bits   4       1 bit, 1 unused, 2, 4
 *
 *     code: 1 binary, 2 ASCII, 3 UTF-8    belongs to: 0 disk, 1 port, 2 target device
 *     type: 1 vendor's (8 bytes vendor, then its own), 2 EUI-64, 3 NAA, 8 name as text
 */
export function designatorsIn(page: Uint8Array): readonly string[] {
  const bytes = bodyOf(page, DEVICE_IDENTIFICATION);
  if (bytes === undefined) return [];
  const names: string[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const [protocolAndCode = 0, kind = 0, , size = 0] = bytes.subarray(at, at + 4);
    const name = bytes.subarray(at + 4, at + 4 + size);
    if (name.length < size) break;
    const belongsTo = (kind >> 4) & 3;
    if (belongsTo < OF_PORT) {
      const isBinary = (protocolAndCode & 15) === BINARY;
      names.push(isBinary ? Buffer.from(name).toString('hex') : textOf(name));
    }
    at += 4 + size;
  }
  return names.filter((name) => name !== '');
}

/** What follows the four bytes of head; undefined when the page is another one or shorter than it says. */
function bodyOf(page: Uint8Array, number: number): Uint8Array | undefined {
  const [, pageNumber, high = 0, low = 0] = page;
  if (page.length < 4 || pageNumber !== number) return undefined;
  const size = high * 256 + low;
  return page.length < 4 + size ? undefined : page.subarray(4, 4 + size);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8').replaceAll('\0', ' ').trim();
}

/**
 * True when a serial or the name of a link names the disk of this id. AHV writes `NUTANIX_NFS_1_0_5100_<id>`, the id
 * with underscores; a program that shows it may put blanks or hyphens there. It has to stand at the end, alone.
 */
export function namesDisk(serial: string, diskId: string): boolean {
  const plain = (text: string): string => text.trim().toLowerCase().replace(/[\s-]/g, '_');
  const id = plain(diskId);
  return id !== '' && (plain(serial) === id || plain(serial).endsWith(`_${id}`));
}

/** True when the serial or name ends with the id of some other disk of the cluster. */
export function namesAnotherDisk(serial: string, diskId: string): boolean {
  const hasId = /(^|[_\s-])[0-9a-f]{8}([_-][0-9a-f]{4}){3}[_-][0-9a-f]{12}$/i.test(serial.trim());
  return hasId && !namesDisk(serial, diskId);
}

/**
 * True when the IQN has the name in it, alone: `wpdb` is in `iqn.2010-06.com.nutanix:wpdb-tgt0` and not in
 * `iqn.2010-06.com.nutanix:wpdb2-tgt0`.
 */
export function namesTarget(iqn: string, name: string): boolean {
  const [text, part] = [iqn.toLowerCase(), name.toLowerCase()];
  const isEdge = (letter: string | undefined): boolean => letter === undefined || !/[a-z0-9]/.test(letter);
  for (let at = text.indexOf(part); part !== '' && at >= 0; at = text.indexOf(part, at + 1)) {
    if (isEdge(text[at - 1]) && isEdge(text[at + part.length])) return true;
  }
  return false;
}
