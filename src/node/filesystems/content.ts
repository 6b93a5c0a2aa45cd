import { OperationError } from '../../support/index.js';
import type { NodeTools } from '../devices/node-tools.js';
import type { DeviceContent } from '../storage-node.js';
import { isUnfinished, readEnds } from './unfinished.js';

/** blkid's answer that it has found nothing; also its answer for a device that it cannot read. */
const NOTHING = 2;
/** blkid's answer that signatures contradict one another. */
const AMBIVALENT = 8;

/** What a device holds, by blkid and by its bytes. */
export class ContentInspection {
  readonly #tools: NodeTools;

  constructor(tools: NodeTools) {
    this.#tools = tools;
  }

  async inspect(device: string, signal: AbortSignal): Promise<DeviceContent> {
    const { content } = await this.examine(device, signal);
    return content;
  }

  /** With `unfinished`: it is blank but for what an interrupted format of ours has left. */
  async examine(
    device: string,
    signal: AbortSignal,
  ): Promise<{ readonly content: DeviceContent; readonly unfinished: boolean; readonly sizeBytes: number }> {
    const attempted = `find out what ${device} holds`;
    const sizeBytes = await this.#sizeOf(device, attempted);
    // Read before blkid is asked: it answers "nothing" for a device that it cannot read.
    const ends = await readEnds(device, sizeBytes, attempted);
    const args = ['--probe', '--output', 'export', device];
    const answers = [0, NOTHING, AMBIVALENT];
    const { status, stdout } = await this.#tools.runner.run({
      program: 'blkid',
      args,
      attempted,
      signal,
      answers,
    });
    if (status === AMBIVALENT) {
      const what = 'signatures of several file systems or partition tables, which contradict one another';
      return { content: { kind: 'foreign', what }, unfinished: false, sizeBytes };
    }
    if (status === 0) {
      const found = tagsIn(stdout);
      const unfinished = isOurs(found) && isUnfinished(ends);
      return { content: unfinished ? { kind: 'blank' } : contentOf(found), unfinished, sizeBytes };
    }
    const { firstByte } = ends;
    if (firstByte === undefined) return { content: { kind: 'blank' }, unfinished: false, sizeBytes };
    if (isUnfinished(ends)) return { content: { kind: 'blank' }, unfinished: true, sizeBytes };
    const what = `bytes that blkid cannot explain, from byte ${firstByte} on`;
    return { content: { kind: 'foreign', what }, unfinished: false, sizeBytes };
  }

  async #sizeOf(device: string, attempted: string): Promise<number> {
    const sizeBytes = await this.#tools.devices.sizeOf(await this.#tools.devices.nameOf(device, attempted));
    if (sizeBytes !== undefined && sizeBytes > 0) return sizeBytes;
    const problem = sizeBytes === 0 ? 'the device is 0 bytes long' : 'the kernel knows no such device';
    throw new OperationError({ code: 'not-found', attempted, problem });
  }
}

/** The lines `NAME=value` of `blkid -o export`. */
function tagsIn(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
  });
  return new Map(pairs);
}

/** True for what we make ourselves, alone on its device. */
function isOurs(found: ReadonlyMap<string, string>): boolean {
  const type = found.get('TYPE');
  return (type === 'xfs' || type === 'ext4') && found.get('USAGE') === 'filesystem' && !found.has('PTTYPE');
}

/** Exported for tests of what this machine's tools cannot make. */
export function contentOf(found: ReadonlyMap<string, string>): DeviceContent {
  const type = found.get('TYPE');
  const uuid = found.get('UUID');
  if (isOurs(found) && (type === 'xfs' || type === 'ext4') && uuid !== undefined) {
    return { kind: 'filesystem', type, uuid };
  }
  return { kind: 'foreign', what: inWords(found) };
}

const KINDS: Readonly<Record<string, string>> = {
  LVM2_member: 'a physical volume of LVM',
  LVM1_member: 'a physical volume of LVM',
  linux_raid_member: 'a part of a software RAID',
  crypto_LUKS: 'an encrypted volume (LUKS)',
  swap: 'a swap area',
  zfs_member: 'a part of a ZFS pool',
  mpath_member: 'a path of a multipath device',
};

function inWords(found: ReadonlyMap<string, string>): string {
  const type = found.get('TYPE');
  const table = found.get('PTTYPE');
  const label = found.get('LABEL');
  const named = label === undefined ? '' : `, label ${JSON.stringify(label)}`;
  const parts = [
    type === undefined ? undefined : `${KINDS[type] ?? `a file system or volume of type ${type}`}${named}`,
    table === undefined ? undefined : `a partition table (${table})`,
  ];
  const words = parts.filter((part) => part !== undefined).join(' and ');
  return words === '' ? 'something that blkid has no name for' : words;
}
