import { z } from 'zod';
import type { OperationError } from '../../support/index.js';
import { invalidInput } from '../../support/index.js';
import type { DiskContent } from '../disks/index.js';
import {
  MemoryFileSystem,
  NodeList,
  savedNodes,
  treesOf,
  type FileSystemLimits,
} from '../filesystem/index.js';
import { VOLATILE_DIRECTORIES } from '../os/kernel-files.js';

/** Bytes of files of all guests together: JSON has to hold them, in a text of bounded length. */
export const MAX_SAVED_BYTES = 256 * 2 ** 20;
/** What an object counts besides its content. */
const OBJECT_BYTES = 100;

/** What a guest has on its disks. */
export interface KeptDisks {
  readonly fs: MemoryFileSystem;
  /** By the disks' UUIDs. */
  readonly diskContents: Map<string, DiskContent>;
  nicUuids: readonly string[];
}

const machine = z.object({
  vmUuid: z.string(),
  nicUuids: z.array(z.string()),
  nodes: savedNodes,
  /** Place in `nodes`. */
  root: z.int(),
  disks: z.array(
    z.object({
      uuid: z.string(),
      fileSystem: z.exactOptional(
        z.object({ type: z.string(), label: z.string(), uuid: z.string(), root: z.int() }),
      ),
    }),
  ),
});

const shape = z.object({
  machines: z.array(machine),
  addresses: z.array(z.tuple([z.string(), z.string()])),
});

type SavedMachine = z.infer<typeof machine>;
export type SavedGuests = z.infer<typeof shape>;

/** Guests as plain values, and the VMs whose files are too many to be saved with the others. */
export function savedMachines(
  kept: Iterable<readonly [vmUuid: string, disks: KeptDisks]>,
  maxBytes: number,
): { readonly machines: SavedMachine[]; readonly leftOut: string[] } {
  const machines: SavedMachine[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  for (const [vmUuid, disks] of kept) {
    const { saved, size } = saveMachine(vmUuid, disks);
    if (bytes + size > maxBytes) leftOut.push(vmUuid);
    else {
      bytes += size;
      machines.push(saved);
    }
  }
  return { machines, leftOut };
}

function saveMachine(vmUuid: string, { fs, diskContents, nicUuids }: KeptDisks) {
  const list = new NodeList();
  const root = list.add(fs.root, VOLATILE_DIRECTORIES);
  const disks = [...diskContents].map(([uuid, { fileSystem }]) => ({
    uuid,
    ...(fileSystem === undefined ? {} : { fileSystem: { ...fileSystem, root: list.add(fileSystem.root) } }),
  }));
  const { nodes, bytes } = list;
  const saved: SavedMachine = { vmUuid, nicUuids: [...nicUuids], nodes, root, disks };
  return { saved, size: bytes + nodes.length * OBJECT_BYTES };
}

/** Throws OperationError `invalid-input`. */
export function parseSavedGuests(value: unknown): SavedGuests {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(`${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not saved guests'}`);
}

/** Throws OperationError `invalid-input` for files that hang together as no file system does, or are too many. */
export function loadMachine(saved: SavedMachine, limits: FileSystemLimits): KeptDisks {
  const { vmUuid, nicUuids, nodes, root, disks } = saved;
  try {
    const tree = treesOf(nodes);
    const fs = new MemoryFileSystem(limits, tree(root));
    const diskContents = new Map(
      disks.map(({ uuid, fileSystem }): [string, DiskContent] => [
        uuid,
        { fileSystem: fileSystem && { ...fileSystem, root: tree(fileSystem.root) } },
      ]),
    );
    fs.recount(rootsOf(diskContents));
    if (!fs.fits) throw new Error('there are more files than a guest may have');
    return { fs, diskContents, nicUuids };
  } catch (error) {
    throw unusable(`VM ${vmUuid}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every tree on the disks that can be mounted. */
export function* rootsOf(contents: ReadonlyMap<string, DiskContent>) {
  for (const { fileSystem } of contents.values()) if (fileSystem !== undefined) yield fileSystem.root;
}

function unusable(problem: string): OperationError {
  return invalidInput(
    'read the saved guests',
    problem,
    'Give a state file that this version of the simulator has saved, or one that does not exist yet.',
  );
}
