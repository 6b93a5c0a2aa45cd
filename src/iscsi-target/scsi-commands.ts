import {
  BLOCK,
  illegalField,
  noSuchDisk,
  standardInquiry,
  unknownCommand,
  type ScsiDisk,
} from './scsi-disk.js';

/** Commands that a Linux initiator sends to a disk (SBC-3, SPC-4). */
const OP = {
  testUnitReady: 0x00,
  requestSense: 0x03,
  read6: 0x08,
  write6: 0x0a,
  inquiry: 0x12,
  modeSense6: 0x1a,
  startStop: 0x1b,
  readCapacity10: 0x25,
  read10: 0x28,
  write10: 0x2a,
  synchronize10: 0x35,
  modeSense10: 0x5a,
  read16: 0x88,
  write16: 0x8a,
  synchronize16: 0x91,
  serviceAction16: 0x9e,
  reportLuns: 0xa0,
  read12: 0xa8,
  write12: 0xaa,
} as const;

const READS: ReadonlySet<number> = new Set([OP.read6, OP.read10, OP.read12, OP.read16]);
const WRITES: ReadonlySet<number> = new Set([OP.write6, OP.write10, OP.write12, OP.write16]);
const READ_CAPACITY_16 = 0x10;

/** A command descriptor block, 16 bytes, and what is written with it. */
export interface ScsiCommand {
  readonly block: Buffer;
  readonly data: Buffer;
}

/** Bytes that a command wants from the initiator. */
export function wantedBytes(block: Buffer): number {
  return WRITES.has(block.readUInt8(0)) ? extentOf(block).count * BLOCK : 0;
}

/**
 * Runs a command of LUN `lun`; resolves with the bytes for the initiator, undefined for a command that has none. Rejects
 * with a Sense.
 */
export async function runCommand(
  disks: ReadonlyMap<number, ScsiDisk>,
  lun: number,
  { block, data }: ScsiCommand,
): Promise<Buffer | undefined> {
  const op = block.readUInt8(0);
  const disk = disks.get(lun);
  if (op === OP.reportLuns) return cut(lunList([...disks.keys()]), block.readUInt32BE(6));
  if (op === OP.inquiry) return cut(inquiry(disk, block), block.readUInt16BE(3));
  if (disk === undefined) throw noSuchDisk();
  if (READS.has(op) || WRITES.has(op)) {
    // Protection information is not kept.
    if (op !== OP.read6 && op !== OP.write6 && (block.readUInt8(1) & 0xe0) !== 0) throw illegalField();
    const { first, count } = extentOf(block);
    if (READS.has(op)) return await disk.read(first, count);
    await disk.write(first, data);
    return undefined;
  }
  switch (op) {
    case OP.testUnitReady:
    case OP.startStop:
    // What was written is in this machine's memory, which outlives the connection: that is all that can be lost here.
    // falls through
    case OP.synchronize10:
    case OP.synchronize16:
      return undefined;
    case OP.requestSense:
      return cut(Buffer.from([0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), block.readUInt8(4));
    case OP.readCapacity10:
      return disk.capacity10();
    case OP.serviceAction16:
      if ((block.readUInt8(1) & 0x1f) !== READ_CAPACITY_16) throw illegalField();
      return cut(disk.capacity16(), block.readUInt32BE(10));
    case OP.modeSense6:
    case OP.modeSense10:
      return modeSense(disk, block);
    default:
      throw unknownCommand();
  }
}

/** First block and number of blocks, which stand where the length of the command says (its first three bits). */
function extentOf(block: Buffer): { readonly first: number; readonly count: number } {
  switch (block.readUInt8(0) >> 5) {
    case 0:
      return { first: block.readUIntBE(1, 3) & 0x1f_ffff, count: block.readUInt8(4) || 256 };
    case 4:
      return { first: Number(block.readBigUInt64BE(2)), count: block.readUInt32BE(10) };
    case 5:
      return { first: block.readUInt32BE(2), count: block.readUInt32BE(6) };
    default:
      return { first: block.readUInt32BE(2), count: block.readUInt16BE(7) };
  }
}

function inquiry(disk: ScsiDisk | undefined, block: Buffer): Buffer {
  const wantsProductData = (block.readUInt8(1) & 1) !== 0;
  if (!wantsProductData) return standardInquiry(disk !== undefined);
  if (disk === undefined) throw noSuchDisk();
  return disk.productData(block.readUInt8(2));
}

function modeSense(disk: ScsiDisk, block: Buffer): Buffer {
  const pages = disk.modePages(block.readUInt8(2) & 0x3f);
  if (block.readUInt8(0) === OP.modeSense6) {
    return cut(Buffer.concat([Buffer.from([pages.length + 3, 0, 0x10, 0]), pages]), block.readUInt8(4));
  }
  const head = Buffer.from([0, 0, 0, 0x10, 0, 0, 0, 0]);
  head.writeUInt16BE(pages.length + 6, 0);
  return cut(Buffer.concat([head, pages]), block.readUInt16BE(7));
}

function lunList(luns: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 8 * luns.length);
  bytes.writeUInt32BE(8 * luns.length, 0);
  luns.forEach((lun, index) => bytes.writeUInt8(lun, 9 + 8 * index));
  return bytes;
}

function cut(bytes: Buffer, size: number): Buffer {
  return bytes.subarray(0, size);
}
