import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOfVolume } from '../../src/volume/here/folder.js';
import { TEMPORARY } from './memory-cloud.js';

const MARKER = '.nutanix-volume';
const OURS = { fs: 'xfs', mode: 0o750 } as const;

let root: string;
beforeEach(() => (root = mkdtempSync(join(TEMPORARY, 'volume-folder-'))));
afterEach(() => rmSync(root, { recursive: true }));

test('a new file system of ours gets its folder, with mode and marker; the next mount finds it without the tag', async () => {
  mkdirSync(join(root, 'lost+found'));
  expect(await folderOfVolume(root, OURS, 'mount')).toBe(join(root, 'data'));
  expect(statSync(join(root, 'data')).mode & 0o777).toBe(0o750);
  expect(readFileSync(join(root, MARKER), 'utf8')).toContain('data');
  expect(await folderOfVolume(root, undefined, 'mount')).toBe(join(root, 'data'));
});

test.each([
  ['of ours that holds what others wrote', OURS, ['row']],
  ['of ours that holds what others wrote, and a folder of that name', OURS, ['row', 'data']],
  ['that was not made here, and is empty', undefined, []],
])('a file system %s is handed out whole, and nothing is written into it', async (_, tag, names) => {
  for (const name of names) writeFileSync(join(root, name), 'kept');
  expect(await folderOfVolume(root, tag, 'mount')).toBe(root);
  expect(existsSync(join(root, MARKER))).toBe(false);
});
