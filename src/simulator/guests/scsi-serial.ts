/**
 * The serial number that AHV gives a disk, without its vendor's name: it ends with the disk's id. A number of the
 * storage's own stands before that; it has no meaning to a guest.
 */
export function scsiSerial({ uuid }: { readonly uuid: string }): string {
  const number = Number.parseInt(uuid.slice(0, 4), 16) || 0;
  return `NFS_1_0_${number}_${uuid.replaceAll('-', '_')}`;
}
