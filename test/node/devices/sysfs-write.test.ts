import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSysfs } from '../../../src/node/devices/sysfs-write.js';

const folder = mkdtempSync(join(tmpdir(), 'sysfs-write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Takes the name of a device to look for; as `device/delete` of a disk, it can be written to and not read. */
const WRITE_ONLY = '/sys/bus/platform/drivers_probe';
const isWritable = process.getuid?.() === 0 && existsSync(WRITE_ONLY) && !isReadOnly();
if (!isWritable)
  process.stderr.write('a test of write-only files of sysfs is skipped: /sys is not to be written to\n');

function isReadOnly(): boolean {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((one) => one.split(' ')[1] === '/sys');
  return line === undefined || / ro[, ]/.test(line);
}

(isWritable ? test : test.skip)(
  'the kernel takes what is written to a file that cannot be read',
  async () => {
    // No such device: the kernel has read it.
    await expect(writeSysfs(WRITE_ONLY, 'no-such-device')).rejects.toMatchObject({ code: 'ENODEV' });
  },
);

test('a file that is missing is not made', async () => {
  await expect(writeSysfs(join(folder, 'missing'), '1')).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(join(folder, 'there'), '');
  await writeSysfs(join(folder, 'there'), '1');
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('1');
});
