import type { DiskBus } from '../../provider/index.js';
import { mountPointProblem } from '../../host/rules/index.js';

/** One value of `--nutanix-disk`: `size=GIB[,container=NAME|UUID][,bus=BUS][,mount=/PATH][,fs=FS]`. */
export interface DiskOption {
  readonly sizeGiB: number;
  readonly container: string | undefined;
  readonly bus: DiskBus;
  /** Where the guest mounts it; undefined = it is left raw. */
  readonly mount: string | undefined;
  readonly filesystem: Filesystem;
}

export const FILESYSTEMS = ['xfs', 'ext4'] as const;
export type Filesystem = (typeof FILESYSTEMS)[number];
export const DISK_BUSES = ['scsi', 'sata', 'pci', 'ide'] as const satisfies readonly DiskBus[];

/** Largest virtual disk that is let through, GiB (64 TiB: the most that AHV documents). */
export const LARGEST_DISK = 65_536;
const KEYS = ['size', 'container', 'bus', 'mount', 'fs'];

/**
 * The disks of a list of values. Clients split an environment variable at every comma, also inside a disk, so
 * a piece without `size=` belongs to the disk before it; in the variable, `size` therefore comes first.
 * A comma or a backslash inside a value is written with a backslash in front.
 */
export function parseDisks(values: readonly string[]): { disks: DiskOption[]; problems: string[] } {
  const disks: DiskOption[] = [];
  const problems: string[] = [];
  for (const text of joinPieces(values)) {
    const result = parseDisk(text);
    if ('problem' in result) problems.push(`"${text}" ${result.problem}`);
    else disks.push(result);
  }
  const mounts = disks.flatMap((disk) => disk.mount ?? []);
  for (const path of mounts.filter((mount, index) => mounts.indexOf(mount) !== index)) {
    problems.push(`mounts two disks on ${path}`);
  }
  return { disks, problems };
}

function joinPieces(values: readonly string[]): string[] {
  const disks: string[] = [];
  for (const value of values) {
    const last = disks.at(-1);
    if (last === undefined || /(^|,)\s*size\s*=/.test(value)) disks.push(value);
    else disks[disks.length - 1] = `${last},${value}`;
  }
  return disks;
}

function parseDisk(text: string): DiskOption | { problem: string } {
  const parts = new Map<string, string>();
  for (const part of splitAtCommas(text)) {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(at, 0)).trim();
    if (!KEYS.includes(key)) return { problem: `has the unknown part "${part}"; known: ${KEYS.join(', ')}` };
    if (parts.has(key)) return { problem: `has ${key} twice` };
    // The name of a container is exact, blanks at its ends too.
    parts.set(key, key === 'container' ? part.slice(at + 1) : part.slice(at + 1).trim());
  }
  const size = Number(parts.get('size') ?? '');
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_DISK) {
    return { problem: `needs size=GIB, a whole number from 1 to ${LARGEST_DISK}` };
  }
  const bus = DISK_BUSES.find((name) => name === (parts.get('bus') ?? 'scsi'));
  if (bus === undefined) return { problem: `has an unknown bus; known: ${DISK_BUSES.join(', ')}` };
  const filesystem = FILESYSTEMS.find((name) => name === (parts.get('fs') ?? 'ext4'));
  if (filesystem === undefined) return { problem: `has an unknown fs; known: ${FILESYSTEMS.join(', ')}` };
  const mount = parts.get('mount');
  const unfit = mount === undefined ? undefined : mountPointProblem(mount);
  if (unfit !== undefined) return { problem: `cannot be mounted there: ${unfit}` };
  if (parts.has('fs') && mount === undefined) return { problem: 'has fs but no mount' };
  const container = parts.get('container');
  if (container === '') return { problem: 'has an empty container' };
  return { sizeGiB: size, container, bus, mount, filesystem };
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === ',') {
      parts.push(part);
      part = '';
      continue;
    }
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    part += text.charAt(at);
  }
  return [...parts, part];
}

export function diskList(values: readonly string[]): string | undefined {
  const { problems } = parseDisks(values);
  return problems.length === 0 ? undefined : problems.join(', and ');
}
