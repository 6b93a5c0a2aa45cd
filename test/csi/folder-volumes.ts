import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  CallContext,
  PublishRequest,
  Snapshot,
  StageRequest,
  VolumeOptions,
  VolumeReference,
  VolumeService,
  VolumeSummary,
  VolumeUse,
} from '../../src/volume/index.js';
import { OperationError, type ErrorCode } from '../../src/support/index.js';

interface FolderVolume {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly source: string | undefined;
  sizeBytes: number;
  holder: string | undefined;
  removed: boolean;
  staged: string | undefined;
  readonly targets: Map<string, PublishRequest>;
}

const NODE = `vm/${randomUUID()}`;
const DEFAULT_BYTES = 2 ** 30;

/**
 * A VolumeService without Prism, disks and root: a volume is a folder, a published one a link to it. It keeps to the
 * port's rules, so that what the CSI driver makes of them can be seen; it proves nothing about the service itself.
 */
export class FolderVolumes implements VolumeService {
  readonly folder = mkdtempSync(join(tmpdir(), 'folder-volumes-'));
  readonly volumes = new Map<string, FolderVolume>();
  readonly snapshots = new Map<string, Snapshot & { readonly folder: string }>();
  /** What was asked, in words. */
  readonly calls: string[] = [];
  free: number | undefined = 2 ** 40;

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  ensure(name: string, options: VolumeOptions): Promise<VolumeSummary> {
    return this.#asked(`ensure ${name}`, () => {
      const { sizeBytes } = options;
      const source = options.from ?? options.fromSnapshot;
      const known = [...this.volumes.values()].find((one) => one.name === name && !one.removed);
      if (known !== undefined) {
        if (known.sizeBytes < (sizeBytes ?? 0) || known.source !== source)
          fail('conflict', 'it is otherwise');
        return summaryOf(known);
      }
      const volume = this.#newVolume(name, sizeBytes ?? DEFAULT_BYTES, source);
      if (source === undefined) mkdirSync(volume.folder);
      else cpSync(this.#contentOf(source), volume.folder, { recursive: true });
      this.volumes.set(volume.id, volume);
      return summaryOf(volume);
    });
  }

  find(volume: VolumeReference): Promise<VolumeSummary | undefined> {
    return this.#asked(`find ${named(volume)}`, () => {
      const found = this.#look(volume);
      return found === undefined ? undefined : summaryOf(found);
    });
  }

  list({ removed = false }: { readonly removed?: boolean | undefined }): Promise<readonly VolumeSummary[]> {
    return this.#asked('list', () =>
      [...this.volumes.values()].filter((one) => one.removed === removed).map(summaryOf),
    );
  }

  remove(volume: VolumeReference): Promise<void> {
    return this.#asked(`remove ${named(volume)}`, () => {
      const found = this.#look(volume);
      if (found?.holder !== undefined) fail('conflict', `it is attached to ${found.holder}`);
      if (found !== undefined) found.removed = true;
    });
  }

  grow(volume: VolumeReference, sizeBytes: number): Promise<VolumeSummary> {
    return this.#asked(`grow ${named(volume)}`, () => {
      const found = this.#existing(volume);
      found.sizeBytes = Math.max(found.sizeBytes, sizeBytes);
      return summaryOf(found);
    });
  }

  createSnapshot(volume: VolumeReference, name: string): Promise<Snapshot> {
    return this.#asked(`snapshot ${name}`, () => {
      const { id: volumeId, sizeBytes, folder: content } = this.#existing(volume);
      const id = randomUUID();
      const folder = join(this.folder, id);
      cpSync(content, folder, { recursive: true });
      const snapshot = { id, name, volumeId, sizeBytes, madeAt: new Date(), ready: true, folder };
      this.snapshots.set(id, snapshot);
      return snapshot;
    });
  }

  listSnapshots(volume: VolumeReference | undefined): Promise<readonly Snapshot[]> {
    return this.#asked('list snapshots', () => {
      const of = volume === undefined ? undefined : this.#existing(volume).id;
      return [...this.snapshots.values()].filter(({ volumeId }) => of === undefined || volumeId === of);
    });
  }

  deleteSnapshot(id: string): Promise<void> {
    return this.#asked(`delete snapshot ${id}`, () => {
      if (!this.snapshots.delete(id)) fail('not-found', 'there is none');
    });
  }

  attach(volume: VolumeReference, nodeId: string): Promise<void> {
    return this.#asked(`attach ${named(volume)} ${nodeId}`, () => {
      const found = this.#existing(volume);
      if (found.holder !== undefined && found.holder !== nodeId) fail('conflict', `${found.holder} has it`);
      if (nodeId !== NODE) fail('not-found', `there is no VM ${nodeId}`);
      found.holder = nodeId;
    });
  }

  detach(volume: VolumeReference, nodeId: string): Promise<void> {
    return this.#asked(`detach ${named(volume)} ${nodeId}`, () => {
      const found = this.#existing(volume);
      if (found.holder === nodeId) found.holder = undefined;
    });
  }

  nodeId(): Promise<string> {
    return Promise.resolve(NODE);
  }

  stage(volume: VolumeReference, { stagingPath }: StageRequest, context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    return this.#asked(`stage ${named(volume)} ${stagingPath}`, () => {
      const found = this.#existing(volume);
      if (found.holder !== undefined && found.holder !== NODE) fail('conflict', `${found.holder} has it`);
      mkdirSync(stagingPath, { recursive: true });
      found.staged = stagingPath;
    });
  }

  unstage(volume: VolumeReference, stagingPath: string): Promise<void> {
    return this.#asked(`unstage ${named(volume)} ${stagingPath}`, () => {
      const found = this.#look(volume);
      if (found?.staged === stagingPath) this.#unstage(found);
    });
  }

  publish(volume: VolumeReference, request: PublishRequest): Promise<void> {
    return this.#asked(`publish ${named(volume)} ${request.targetPath}`, () => {
      const found = this.#existing(volume);
      const { targetPath, stagingPath, exclusive = false } = request;
      const others = [...found.targets.keys()].filter((one) => one !== targetPath);
      if (exclusive && others.length > 0) fail('conflict', `it is published at ${String(others[0])}`);
      if (found.staged === undefined) mkdirSync(stagingPath, { recursive: true });
      found.staged ??= stagingPath;
      mkdirSync(dirname(targetPath), { recursive: true });
      if (!existsSync(targetPath)) symlinkSync(found.folder, targetPath);
      found.targets.set(targetPath, request);
    });
  }

  unpublish(volume: VolumeReference, targetPath: string): Promise<void> {
    return this.#asked(`unpublish ${named(volume)} ${targetPath}`, () => {
      const found = this.#look(volume);
      if (found?.targets.delete(targetPath) !== true) return;
      if (lstatSync(targetPath).isSymbolicLink()) rmSync(targetPath);
      if (found.targets.size === 0) this.#unstage(found);
    });
  }

  use(volume: VolumeReference, path: string): Promise<VolumeUse> {
    return this.#asked(`use ${named(volume)} ${path}`, () => {
      const { sizeBytes } = this.#usedAt(volume, path);
      const inodes = { totalInodes: 1_000, usedInodes: 10 };
      const filesystem = {
        totalBytes: sizeBytes,
        usedBytes: 4_096,
        availableBytes: sizeBytes - 4_096,
        ...inodes,
      };
      return { deviceBytes: sizeBytes, filesystem };
    });
  }

  growHere(volume: VolumeReference, path: string): Promise<number> {
    return this.#asked(`grow here ${named(volume)} ${path}`, () => this.#usedAt(volume, path).sizeBytes);
  }

  capacity(): Promise<number | undefined> {
    return Promise.resolve(this.free);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  restore(): Promise<VolumeSummary> {
    return notServed();
  }

  purge(): Promise<readonly string[]> {
    return notServed();
  }

  mount(): Promise<string> {
    return notServed();
  }

  answered(): Promise<void> {
    return notServed();
  }

  unmount(): Promise<void> {
    return notServed();
  }

  known(): Promise<readonly VolumeSummary[]> {
    return notServed();
  }

  async #asked<T>(what: string, work: () => T): Promise<T> {
    this.calls.push(what);
    return Promise.resolve().then(work);
  }

  #newVolume(name: string, sizeBytes: number, source: string | undefined): FolderVolume {
    const id = randomUUID();
    const unused = { holder: undefined, removed: false, staged: undefined, targets: new Map() };
    return { id, name, sizeBytes, source, folder: join(this.folder, id), ...unused };
  }

  #contentOf(id: string): string {
    const folder = this.volumes.get(id)?.folder ?? this.snapshots.get(id)?.folder;
    return folder ?? fail('not-found', `there is no source ${id}`);
  }

  #look(volume: VolumeReference): FolderVolume | undefined {
    return 'id' in volume
      ? this.volumes.get(volume.id)
      : [...this.volumes.values()].find(({ name, removed }) => name === volume.name && !removed);
  }

  #existing(volume: VolumeReference): FolderVolume {
    const found = this.#look(volume);
    return found === undefined || found.removed ? fail('not-found', `there is no ${named(volume)}`) : found;
  }

  #usedAt(volume: VolumeReference, path: string): FolderVolume {
    const found = this.#existing(volume);
    return found.staged === path || found.targets.has(path)
      ? found
      : fail('not-found', `it is not at ${path}`);
  }

  #unstage(volume: FolderVolume): void {
    if (volume.staged !== undefined) rmSync(volume.staged, { recursive: true, force: true });
    volume.staged = undefined;
  }
}

function summaryOf({ id, name, sizeBytes, holder, removed }: FolderVolume): VolumeSummary {
  const times = { at: new Date(0), keptUntil: new Date(1) };
  return {
    id,
    name,
    sizeBytes,
    filesystem: undefined,
    holderNodes: holder === undefined ? [] : [holder],
    removed: removed ? times : undefined,
  };
}

function named(volume: VolumeReference): string {
  return 'id' in volume ? volume.id : volume.name;
}

function fail(code: ErrorCode, problem: string): never {
  throw new OperationError({ code, attempted: 'use a folder as a volume', problem });
}

function notServed(): Promise<never> {
  return Promise.reject(new Error('CSI has no such call'));
}
