import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { DeviceNode, DirectoryNode, FileNode, SymlinkNode, type Node } from './node.js';

const ownership = {
  uid: z.int().min(0),
  gid: z.int().min(0),
  mode: z.int().min(0).max(0o7777),
  mtime: z.number(),
};
const isFileName = (name: string): boolean => name !== '.' && name !== '..' && !/[/\0]/.test(name);
const fileName = z.string().min(1).max(255).refine(isFileName, 'not a file name');

const savedNode = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('directory'),
    ...ownership,
    entries: z.array(z.tuple([fileName, z.int().min(0)])),
  }),
  z.object({
    kind: z.literal('file'),
    ...ownership,
    content: z.string(),
    encoding: z.enum(['utf8', 'base64']),
  }),
  z.object({ kind: z.literal('symlink'), ...ownership, target: z.string().max(4096) }),
  z.object({
    kind: z.literal('device'),
    ...ownership,
    device: z.enum(['null', 'zero', 'urandom', 'tty', 'stdin', 'stdout', 'stderr']),
  }),
]);

/** Objects of file systems; a directory names its entries by their place in this list. */
export const savedNodes = z.array(savedNode);
export type SavedNode = z.infer<typeof savedNode>;

/** Collects file systems as plain values; an object with several names is kept once. */
export class NodeList {
  readonly nodes: SavedNode[] = [];
  /** Bytes of files so far. */
  bytes = 0;
  readonly #places = new Map<Node, number>();

  /** The place of a tree's root in the list; entries of the root in `without` are left out. */
  add(root: DirectoryNode, without: ReadonlySet<string> = new Set()): number {
    const known = this.#places.get(root);
    if (known !== undefined) return known;
    const place = this.#keep(root, { kind: 'directory', ...ownershipOf(root), entries: [] });
    const todo = [{ directory: root, place }];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const entries: [string, number][] = [];
      for (const [name, node] of next.directory.entries) {
        if (next.directory === root && without.has(name)) continue;
        if (node.kind === 'device' && node.device === 'block') continue; // Of one boot only.
        const before = this.#places.get(node);
        const at = before ?? this.#keep(node, this.#saved(node));
        if (before === undefined && node.kind === 'directory') todo.push({ directory: node, place: at });
        entries.push([name, at]);
      }
      this.nodes[next.place] = { kind: 'directory', ...ownershipOf(next.directory), entries };
    }
    return place;
  }

  #keep(node: Node, saved: SavedNode): number {
    this.#places.set(node, this.nodes.length);
    return this.nodes.push(saved) - 1;
  }

  #saved(node: Node): SavedNode {
    const own = ownershipOf(node);
    switch (node.kind) {
      case 'directory':
        return { kind: 'directory', ...own, entries: [] };
      case 'symlink':
        return { kind: 'symlink', ...own, target: node.target };
      case 'device':
        return { kind: 'device', ...own, device: node.device === 'block' ? 'null' : node.device };
      case 'file': {
        const bytes = Buffer.from(node.read());
        this.bytes += bytes.length;
        const encoding = isUtf8(bytes) && !bytes.some(isControl) ? 'utf8' : 'base64';
        return { kind: 'file', ...own, content: bytes.toString(encoding), encoding };
      }
    }
  }
}

function ownershipOf({ uid, gid, mode, mtime }: Node): Pick<SavedNode, 'uid' | 'gid' | 'mode' | 'mtime'> {
  return { uid, gid, mode, mtime };
}

/** JSON spends six letters on such a byte. */
function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b;
}

/**
 * Makes the objects of a list; gives the trees by the places of their roots. Throws an Error for a list that is no
 * set of trees: entries that lead nowhere, and directories with two names.
 */
export function treesOf(saved: readonly SavedNode[]): (place: number) => DirectoryNode {
  const nodes = saved.map(objectOf);
  const named = new Set<Node>();
  saved.forEach((from, place) => {
    const directory = nodes[place];
    if (from.kind !== 'directory' || directory?.kind !== 'directory') return;
    for (const [name, at] of from.entries) {
      const node = nodes[at];
      if (node === undefined) throw new Error(`entry "${name}" leads nowhere`);
      if (node.kind === 'directory' && named.has(node)) throw new Error(`directory "${name}" has two names`);
      if (directory.entries.has(name)) throw new Error(`there are two entries "${name}"`);
      named.add(node);
      if (node.kind === 'file') node.links++;
      directory.entries.set(name, node);
    }
  });
  return (place) => {
    const root = nodes[place];
    if (root?.kind === 'directory' && !named.has(root)) return root;
    throw new Error(`object ${String(place)} is not the root of a tree`);
  };
}

function objectOf(saved: SavedNode): Node {
  const node = bareObjectOf(saved);
  node.mtime = saved.mtime;
  return node;
}

function bareObjectOf(saved: SavedNode): Node {
  const { uid, gid, mode } = saved;
  switch (saved.kind) {
    case 'directory':
      return new DirectoryNode(uid, gid, mode);
    case 'symlink':
      return new SymlinkNode(uid, gid, saved.target);
    case 'device':
      return new DeviceNode(saved.device, uid, gid, mode);
    case 'file': {
      const file = new FileNode(uid, gid, mode);
      file.write(0, Buffer.from(saved.content, saved.encoding));
      return file;
    }
  }
}
