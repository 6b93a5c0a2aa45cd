import fc from 'fast-check';
import { Errno, MemoryFileSystem, root, type Credentials } from '../../../src/emulator/filesystem/index.js';

const ann: Credentials = { uid: 1000, gid: 1000, groups: new Set([1000]) };
const limits = { maxBytes: 10_000, maxNodes: 50 };

function make(): MemoryFileSystem {
  const fs = new MemoryFileSystem(limits);
  fs.mkdirs('/home/ann');
  Object.assign(fs.lookup('/home/ann'), { uid: 1000, gid: 1000 });
  return fs;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Errno) return error.code;
    throw error;
  }
  return 'none';
}

test('what is written is read', () => {
  const fs = make();
  fs.writeFile('/home/ann/f', 'one', ann, 0o600);
  expect(fs.readText('/home/ann/f', ann)).toBe('one');
  expect(fs.lookup('/home/ann/f')).toMatchObject({ uid: 1000, mode: 0o600 });
});

test.each<[string, (fs: MemoryFileSystem) => unknown]>([
  ['ENOENT', (fs) => fs.readFile('/nope')],
  ['ENOENT', (fs) => fs.writeFile('/no/such/dir', '')],
  ['ENOTDIR', (fs) => fs.mkdir('/f/x')],
  ['EISDIR', (fs) => fs.writeFile('/home', '')],
  ['EISDIR', (fs) => fs.readFile('/home')],
  ['EEXIST', (fs) => fs.mkdir('/home')],
  ['ENOTEMPTY', (fs) => fs.remove('/home')],
  ['EBUSY', (fs) => fs.remove('/')],
  ['EACCES', (fs) => fs.writeFile('/x', '', ann)],
  ['EACCES', (fs) => fs.remove('/f', ann)],
  ['EACCES', (fs) => fs.readFile('/secret/f', ann)],
  ['ELOOP', (fs) => fs.readFile('/loop')],
  ['EINVAL', (fs) => fs.rename('/home', '/home/ann/x', root)],
  ['ENAMETOOLONG', (fs) => fs.mkdir(`/${'x'.repeat(256)}`)],
  ['ENAMETOOLONG', (fs) => fs.lookup('/a'.repeat(3000))],
  ['ENOSPC', (fs) => fs.writeFile('/big', new Uint8Array(10_001))],
  ['ENOSPC', (fs) => fs.truncate(fs.writeFile('/t', ''), 2 ** 52)],
  ['ENOSPC', (fs) => fs.write(fs.writeFile('/t', ''), 2 ** 52, new Uint8Array(1))],
  ['ENOSPC', (fs) => Array.from({ length: 60 }, (_unused, index) => fs.mkdir(`/d${index}`))],
])('%s (%#)', (code, run) => {
  const fs = make();
  fs.writeFile('/f', 'x');
  fs.mkdir('/secret', root, 0o700);
  fs.writeFile('/secret/f', '');
  fs.symlink('/loop', '/loop');
  expect(codeOf(() => run(fs))).toBe(code);
});

test('links are followed, relative to where they are; .. counts after them', () => {
  const fs = make();
  fs.mkdirs('/a/b');
  fs.writeFile('/a/f', 'x');
  fs.symlink('a/b', '/l');
  fs.symlink('../f', '/a/b/up');
  expect(fs.readText('/l/../f')).toBe('x');
  expect(fs.readText('/l/up')).toBe('x');
  expect(fs.locate('/l/up', root).real).toBe('/a/f');
  fs.writeFile('/l/up', 'y');
  expect(fs.readText('/a/f')).toBe('y');
});

test('a mounted tree hides what was there until it is unmounted', () => {
  const fs = make();
  const other = make();
  other.writeFile('/on-disk', 'x');
  const directory = fs.mkdir('/mnt');
  fs.writeFile('/mnt/under', '');
  fs.mounts.set(directory, other.root);
  expect(fs.find('/mnt/under')).toBeUndefined();
  expect(fs.readText('/mnt/on-disk')).toBe('x');
  expect(fs.locate('/mnt/../home', root).real).toBe('/home');
  expect(codeOf(() => fs.rename('/mnt', '/other', root))).toBe('EBUSY');
  fs.mounts.delete(directory);
  expect(fs.find('/mnt/under')).toBeDefined();
});

test('space is given back with the last link', () => {
  const fs = make();
  const node = fs.writeFile('/f', new Uint8Array(6000));
  fs.link(node, '/g', root);
  fs.remove('/f');
  expect(fs.usedBytes).toBe(6000);
  fs.remove('/g');
  expect(fs.usedBytes).toBe(0);
  fs.writeFile('/h', new Uint8Array(9000));
  fs.writeFile('/h', 'x');
  expect(fs.usedBytes).toBe(1);
});

test('a file holds what a plain array of bytes would', () => {
  const writes = fc.array(fc.tuple(fc.nat(200), fc.uint8Array({ maxLength: 60 })), { maxLength: 20 });
  fc.assert(
    fc.property(writes, (steps) => {
      const fs = make();
      const node = fs.writeFile('/f', '');
      let model: number[] = [];
      for (const [offset, bytes] of steps) {
        fs.write(node, offset, bytes);
        if (bytes.length === 0) continue;
        model = Array.from({ length: Math.max(model.length, offset + bytes.length) }, (_unused, index) => {
          return index >= offset && index < offset + bytes.length
            ? (bytes[index - offset] ?? 0)
            : (model[index] ?? 0);
        });
      }
      expect(Array.from(node.read())).toEqual(model);
    }),
    { numRuns: 200 },
  );
});
