import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFile, replaceFile } from '../../src/support/index.js';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whole-file-'));
  path = join(folder, 'file');
});
afterEach(async () => await rm(folder, { recursive: true }));

const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

describe('replaceFile', () => {
  it('makes a file, and replaces one, with the mode that is asked for', async () => {
    await replaceFile(path, 'first', 0o644);
    await replaceFile(path, 'second', 0o600);
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await modeOf(path)).toBe('600');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('keeps to the umask', async () => {
    const before = process.umask(0o077);
    await replaceFile(path, 'x', 0o644).finally(() => process.umask(before));
    expect(await modeOf(path)).toBe('600');
  });

  it('replaces a link and leaves the file that it names', async () => {
    const target = join(folder, 'target');
    await writeFile(target, 'kept');
    await symlink(target, path);
    await replaceFile(path, 'new', 0o600);
    expect([await readFile(path, 'utf8'), await readFile(target, 'utf8')]).toEqual(['new', 'kept']);
  });

  it('names the file that was asked for, not the draft beside it, when it cannot begin', async () => {
    const nowhere = join(folder, 'missing', 'file');
    await expect(replaceFile(nowhere, 'x', 0o600)).rejects.toMatchObject({
      code: 'ENOENT',
      message: `ENOENT: no such file or directory, open '${nowhere}'`,
    });
  });

  it('leaves the old file and nothing else when it cannot finish', async () => {
    await mkdir(join(path, 'in the way'), { recursive: true });
    await expect(replaceFile(path, 'x', 0o600)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('does not make folders', async () => {
    await expect(replaceFile(join(folder, 'none', 'file'), 'x', 0o600)).rejects.toThrow('ENOENT');
  });

  it('never shows half of a file', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, index) => replaceFile(path, texts[index % 2] ?? '', 0o600)),
    );
    const seen = new Set<string>();
    for (let look = 0; look < 20; look += 1) seen.add(await readFile(path, 'utf8').catch(() => ''));
    await writing;
    expect([...seen].filter((text) => text !== '' && !texts.includes(text))).toEqual([]);
  });
});

describe('createFile', () => {
  it('makes a file with exactly the mode, whatever the umask is', async () => {
    const before = process.umask(0o077);
    await createFile(path, Buffer.from('x'), 0o644).finally(() => process.umask(before));
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['x', '644']);
  });

  it('never replaces a file', async () => {
    await writeFile(path, 'kept');
    await chmod(path, 0o640);
    await expect(createFile(path, 'x', 0o600)).rejects.toMatchObject({ code: 'EEXIST' });
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['kept', '640']);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('lets one of many win', async () => {
    const made = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((text) => createFile(path, text, 0o600, { needsLink: true })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['file']);
  });
});
