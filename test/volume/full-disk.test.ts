import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasSystemCode, type Logger } from '../../src/support/index.js';
import type { VolumeService } from '../../src/volume/index.js';
import { describeWithLoops, run } from '../node/loop-devices.js';
import { callContext } from './memory-cloud.js';
import { RealHosts } from './real-hosts.js';

const MIB = 1 << 20;

/** Writes a file until its file system takes no more; how many bytes it took. */
function fill(path: string): number {
  const file = openSync(path, 'w');
  let bytes = 0;
  for (const size of [MIB, 4096, 1]) {
    const chunk = Buffer.alloc(size, 0x2a);
    try {
      for (;;) bytes += writeSync(file, chunk);
    } catch (error) {
      if (!hasSystemCode(error, 'ENOSPC')) throw error;
    }
  }
  closeSync(file);
  return bytes;
}

describeWithLoops('a disk that is full', () => {
  const hosts = new RealHosts();
  let b: VolumeService;
  beforeAll(async () => {
    await hosts.start('web-1', 'web-2');
    b = hosts.host(1);
  });
  afterAll(async () => await hosts.free());

  test.each(['xfs', 'ext4'] as const)(
    "a volume's own, %s: mounted again, moved, grown, removed; what was written is there",
    async (fs) => {
      const a = hosts.host(0);
      const volume = { name: `full-${fs}` };
      await a.ensure(volume.name, { filesystem: fs }, callContext());
      const folder = await a.mount(volume, 'u', callContext());
      writeFileSync(join(folder, 'row'), 'kept', { flush: true });
      const bytes = fill(join(folder, 'filler'));
      expect(() => writeFileSync(join(folder, 'more'), Buffer.alloc(MIB))).toThrow('ENOSPC');
      expect(await a.mount(volume, 'second', callContext())).toBe(folder);
      await a.unmount(volume, 'second', callContext());
      await a.unmount(volume, 'u', callContext());
      const moved = await b.mount(volume, 'u', callContext());
      expect(readFileSync(join(moved, 'row'), 'utf8')).toBe('kept');
      expect(readFileSync(join(moved, 'filler'))).toHaveLength(bytes);
      // ext4 grows online only with CAP_SYS_RESOURCE, which containers rarely have.
      if (fs === 'xfs') {
        await b.grow(volume, 512 * MIB, callContext());
        writeFileSync(join(moved, 'more'), Buffer.alloc(MIB));
      }
      await b.unmount(volume, 'u', callContext());
      await b.remove(volume, undefined, callContext());
    },
  );

  test.each([
    ['a tmpfs', ['-t', 'tmpfs', '-o', 'size=256k', 'records']],
    ['ext4', ['-o', 'loop']],
  ])(
    "the host's own, %s: one clear message, nothing half done; what is mounted is served and given back",
    async (kind, options) => {
      const records = join(hosts.folder(), 'records');
      mkdirSync(records);
      if (kind === 'ext4') {
        const image = `${records}.img`;
        writeFileSync(image, '');
        truncateSync(image, 4 * MIB);
        run('mkfs.ext4', '-q', image);
        options.push(image);
      }
      run('mount', ...options, records);
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      const logger: Logger = { debug: () => undefined, info: say, warn: say };
      const a = hosts.host(0, records, logger);
      const [db, other] = [{ name: `db-${kind}` }, { name: `other-${kind}` }];
      await a.ensure(db.name, {}, callContext());
      const folder = await a.mount(db, 'u', callContext());
      await a.answered(db, 'u', callContext());
      writeFileSync(join(folder, 'row'), 'kept');
      fill(join(records, 'filler'));

      // One that is mounted for another user, one that was never mounted, and one that is not there yet.
      await a.ensure(other.name, {}, callContext());
      for (const volume of [db, other]) {
        await expect(a.mount(volume, 'v', callContext())).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringMatching(
            /write down .*: the disk of this host that holds .* is full\. Make room there;/,
          ) as string,
        });
      }
      expect(await hosts.attachments(other.name)).toBe(0);
      expect((await a.known()).map(({ name }) => name).sort()).toEqual([db.name, other.name]);
      expect((await a.known()).find(({ name }) => name === db.name)?.mountpoint).toBe(folder);
      expect(readFileSync(join(folder, 'row'), 'utf8')).toBe('kept');

      said.length = 0;
      await a.unmount(db, 'u', callContext());
      expect(await hosts.attachments(db.name)).toBe(0);
      expect((await a.known()).find(({ name }) => name === db.name)?.mountpoint).toBeUndefined();
      expect(said.join('\n')).toContain('is full');
      const moved = await b.mount(db, 'u', callContext());
      expect(readFileSync(join(moved, 'row'), 'utf8')).toBe('kept');
      await b.unmount(db, 'u', callContext());

      rmSync(join(records, 'filler'));
      for (const volume of [db, other]) {
        await a.mount(volume, 'w', callContext());
        await a.unmount(volume, 'w', callContext());
        expect(await hosts.attachments(volume.name)).toBe(0);
      }
      await a.close();
      expect(readdirSync(join(records, 'locks'))).toEqual([]);
      for (const file of readdirSync(join(records, 'volumes'))) {
        const text = readFileSync(join(records, 'volumes', file), 'utf8');
        expect(JSON.parse(text)).toMatchObject({ users: [], unanswered: [] });
        expect(text).not.toContain('attachment');
      }
    },
  );
});
