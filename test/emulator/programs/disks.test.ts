import { run, runningSystem } from '../running-system.js';

test.each([
  ['df /', '/dev/sda1       20971520'],
  ['df -h /', '/dev/sda1            20G'],
  ['df -hT /', '/dev/sda1      ext4           20G'],
])('%s', async (command, start) => {
  const { system } = runningSystem();
  const { out, status } = await run(system, `${command} | tail -n 1`);
  expect(status).toBe(0);
  expect(out).toMatch(/ 1% \/\n$/);
  expect(out.slice(0, start.length)).toBe(start);
});

describe('lsblk', () => {
  const said = async (command: string): Promise<string> => {
    const { system } = runningSystem();
    return (await run(system, command)).out;
  };

  test('is a tree, with the columns of util-linux', async () => {
    expect(await said('lsblk')).toBe(
      [
        'NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS',
        'sda      8:0    0   20G  0 disk ',
        '└─sda1   8:1    0   20G  0 part /',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['-l -o NAME,TYPE', 'NAME TYPE\nsda  disk\nsda1 part\n'],
    ['-nro NAME,TYPE,MOUNTPOINTS,MAJ:MIN', 'sda disk  8:0\nsda1 part / 8:1\n'],
    ['-dno VENDOR,MODEL', 'NUTANIX VDISK\n'],
    ['-no TYPE,PKNAME', 'disk \npart sda\n'],
    ['-bno SIZE,NAME', '21474836480 sda\n21474836480 └─sda1\n'],
    ['-pn -o NAME /dev/sda1', '/dev/sda1\n'],
    ['-dno NAME,LABEL,TYPE,RO', 'sda        disk  0\n'],
    ['-dno SIZE,NAME', '  20G sda\n'],
  ])('%s', async (options, out) => {
    expect(await said(`lsblk ${options}`)).toBe(out);
  });

  test('refuses a column that it does not know', async () => {
    expect(await said('lsblk -o name,colour 2>&1')).toContain('lsblk: unknown column: colour');
  });

  test('writes each mount point of a disk on a line, and sizes that are no whole number with a digit', async () => {
    const disks = [20, 1.5].map((gib, index) => ({
      uuid: `disk-${index}`,
      sizeBytes: gib * 2 ** 30,
      adapter: 'SCSI',
      index,
    }));
    const { system } = runningSystem({ spec: { disks } });
    const { out } = await run(
      system,
      'mkfs.ext4 -q /dev/sdb; mkdir /a /b; mount /dev/sdb /a; mount /dev/sdb /b; lsblk -n /dev/sdb; lsblk -rno MOUNTPOINTS /dev/sdb',
    );
    expect(out).toBe('sdb    8:16   0  1.5G  0 disk /b\n                              /a\n/b\\x0a/a\n');
  });
});
