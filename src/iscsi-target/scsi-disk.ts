import { open, type FileHandle } from 'node:fs/promises';
import type { TargetDisk } from './target.js';

export const BLOCK = 512;
const VENDOR = 'NUTANIX';
const PRODUCT = 'VDISK';

/** A command that a disk refuses: sense key, and additional code with its qualifier (SPC-4, 4.5). */
export class Sense extends Error {
  readonly key: number;
  readonly code: number;

  constructor(key: number, code: number) {
    super(`sense ${key}/${code.toString(16)}`);
    this.key = key;
    this.code = code;
  }
}

export const illegalField = (): Sense => new Sense(5, 0x2400);
export const unknownCommand = (): Sense => new Sense(5, 0x2000);
export const noSuchDisk = (): Sense => new Sense(5, 0x2500);
const outOfRange = (): Sense => new Sense(5, 0x2100);

/** A disk of a target as an initiator sees it, over its file. */
export class ScsiDisk {
  readonly blocks: number;
  readonly #disk: TargetDisk;
  readonly #file: FileHandle;

  private constructor(disk: TargetDisk, file: FileHandle) {
    this.blocks = Math.floor(disk.sizeBytes / BLOCK);
    this.#disk = disk;
    this.#file = file;
  }

  static async open(disk: TargetDisk): Promise<ScsiDisk> {
    return new ScsiDisk(disk, await open(disk.path, 'r+'));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async read(block: number, count: number): Promise<Buffer> {
    this.#check(block, count);
    const bytes = Buffer.alloc(count * BLOCK);
    await this.#file.read(bytes, 0, bytes.length, block * BLOCK);
    return bytes;
  }

  async write(block: number, bytes: Buffer): Promise<void> {
    if (bytes.length % BLOCK !== 0) throw illegalField();
    this.#check(block, bytes.length / BLOCK);
    await this.#file.write(bytes, 0, bytes.length, block * BLOCK);
  }

  #check(block: number, count: number): void {
    if (block + count > this.blocks) throw outOfRange();
  }

  /** READ CAPACITY (10): the last block, or all ones when it does not fit, and the size of one. */
  capacity10(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(Math.min(this.blocks - 1, 0xffff_ffff), 0);
    bytes.writeUInt32BE(BLOCK, 4);
    return bytes;
  }

  capacity16(): Buffer {
    const bytes = Buffer.alloc(32);
    bytes.writeBigUInt64BE(BigInt(this.blocks - 1), 0);
    bytes.writeUInt32BE(BLOCK, 8);
    return bytes;
  }

  /**
   * A page of vital product data (SPC-4, 7.8). The disk's name is one designator of type 1: vendor, then the serial, so
   * that a Linux guest has it as `scsi-1NUTANIX_<serial>`.
   */
  productData(page: number): Buffer {
    switch (page) {
      case 0x00:
        return pageOf(page, Buffer.from([0x00, 0x80, 0x83, 0xb0]));
      case 0x80:
        return pageOf(page, Buffer.from(this.#disk.serial));
      case 0x83: {
        const name = Buffer.from(VENDOR.padEnd(8) + this.#disk.serial);
        return pageOf(page, Buffer.concat([Buffer.from([2, 1, 0, name.length]), name]));
      }
      case 0xb0:
        return pageOf(page, Buffer.alloc(60));
      default:
        throw illegalField();
    }
  }

  /** MODE SENSE: pages of caching (writes are cached) and control, both without block descriptor. */
  modePages(page: number): Buffer {
    const caching = Buffer.alloc(20);
    caching.set([0x08, 18, 0x04]);
    const control = Buffer.alloc(12);
    control.set([0x0a, 10]);
    const wanted = [caching, control].filter((bytes) => page === 0x3f || page === bytes.readUInt8(0));
    if (wanted.length === 0) throw illegalField();
    return Buffer.concat(wanted);
  }
}

/** What INQUIRY tells of a disk, or of a LUN that has none. */
export function standardInquiry(hasDisk: boolean): Buffer {
  const bytes = Buffer.alloc(36);
  // Kind of device; version of SPC; form of this answer; bytes that follow; commands are queued.
  bytes.set([hasDisk ? 0x00 : 0x7f, 0, 0x05, 0x02, bytes.length - 5, 0, 0, 0x02]);
  bytes.write(VENDOR.padEnd(8), 8);
  bytes.write(PRODUCT.padEnd(16), 16);
  bytes.write('0   ', 32);
  return bytes;
}

function pageOf(page: number, body: Buffer): Buffer {
  const head = Buffer.from([0, page, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
