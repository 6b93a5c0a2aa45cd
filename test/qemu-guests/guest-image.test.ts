import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGuestImage } from '../../src/qemu-guests/guest-image.js';

const folder = mkdtempSync(join(tmpdir(), 'guest-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a folder that is no guest image is one message, with what to do', async () => {
  await expect(readGuestImage(folder)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/root\.img.*make qemu-guest-image/) as unknown,
  });
});

test('a guest image is a disk, a kernel and an initrd', async () => {
  for (const name of ['root.img', 'vmlinuz', 'initrd']) writeFileSync(join(folder, name), 'text');
  expect(await readGuestImage(folder)).toEqual({
    disk: join(folder, 'root.img'),
    diskBytes: 4,
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
  });
});
