import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VolumeService } from '../../src/volume/index.js';
import { describeWithLoops, run } from '../node/loop-devices.js';
import { callContext } from './memory-cloud.js';
import { RealHosts } from './real-hosts.js';

/** A process that writes records into a folder and tells which of them are on the disk. */
class RecordWriter {
  readonly #process;
  #told = '';

  constructor(folder: string) {
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    this.#process = spawn(process.execPath, [join(__dirname, 'record-writer.mjs'), folder], { stdio });
    this.#process.stdout.on('data', (chunk: Buffer) => (this.#told += chunk.toString()));
  }

  /** The last one that is on the disk; 0 = none yet. */
  get synced(): number {
    return Number(this.#told.slice(0, this.#told.lastIndexOf('\n')).split('\n').at(-1));
  }

  /** Resolves when so many more are on the disk. */
  async writes(count: number): Promise<void> {
    const wanted = this.synced + count;
    while (this.synced < wanted) await once(this.#process.stdout, 'data');
  }

  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** How many records there are, whole and in order, up to the last one. */
function recordsIn(folder: string): number {
  const lines = readFileSync(join(folder, 'records'), 'utf8').trimEnd().split('\n');
  expect(lines).toEqual(lines.map((_, index) => String(index + 1)));
  for (const line of lines) expect(readFileSync(join(folder, `record-${line}`), 'utf8')).toBe(line);
  return lines.length;
}

describeWithLoops('a volume that is copied while it is written to', () => {
  const hosts = new RealHosts();
  let a: VolumeService;
  let b: VolumeService;
  beforeAll(async () => {
    await hosts.start('web-1', 'web-2');
    hosts.disks.copyAtOnce();
    [a, b] = [hosts.host(0), hosts.host(1)];
  });
  afterAll(async () => await hosts.free());

  test.each(['xfs', 'ext4'] as const)(
    '%s: clone and snapshot are mounted, their journals replayed, and hold all that was synced before',
    async (fs) => {
      const original = { name: `db-${fs}` };
      await a.ensure(original.name, { filesystem: fs }, callContext());
      const folder = await a.mount(original, 'u', callContext());
      const writer = new RecordWriter(folder);
      const least = new Map<string, number>();
      try {
        await writer.writes(20);
        least.set(`clone-${fs}`, writer.synced);
        await b.ensure(`clone-${fs}`, { from: original.name }, callContext());
        await writer.writes(20);
        least.set(`restored-${fs}`, writer.synced);
        await a.createSnapshot(original, `snapshot-${fs}`, callContext());
        await writer.writes(20);
        await b.ensure(`restored-${fs}`, { fromSnapshot: `snapshot-${fs}` }, callContext());
        await writer.writes(20);
      } finally {
        await writer.kill();
      }
      for (const [name, count] of least) {
        const [copy] = (await hosts.disks.volumes?.findByName(name, callContext())) ?? [];
        const file = hosts.disks.fileOf((await diskOf(copy?.id)) ?? '');
        // The copy was made under a mounted file system.
        if (fs === 'ext4') expect(run('dumpe2fs', '-h', file)).toContain('needs_recovery');
        const held = recordsIn(await b.mount({ name }, 'u', callContext()));
        expect(held).toBeGreaterThanOrEqual(count);
        expect(held).toBeLessThan(writer.synced);
        await b.unmount({ name }, 'u', callContext());
      }
      expect(recordsIn(folder)).toBeGreaterThanOrEqual(writer.synced);
      await a.unmount(original, 'u', callContext());
    },
  );

  async function diskOf(id: string | undefined): Promise<string | undefined> {
    return (await hosts.disks.volumes?.find(id ?? '', callContext()))?.disks[0]?.id;
  }
});
