import { mountsIn } from '../../../src/node/mounts/mount-table.js';

describe('the table of mounts', () => {
  test('is read line by line', () => {
    const text = [
      '28 1 254:0 / / rw,noatime - ext4 /dev/root rw,stripe=4',
      '36 28 7:3 /data /mnt/a ro,relatime shared:9 master:2 - xfs /dev/loop3 rw,attr2',
      '37 28 7:4 / /mnt/b rw master:2 propagate_from:1 - ext4 /dev/loop4 ro',
      '38 28 0:5 /loop3 /mnt/c rw unbindable - devtmpfs none rw',
      '39 28 0:9 / /mnt/d rw - tmpfs  rw',
      '',
    ].join('\n');
    expect(mountsIn(text)).toEqual([
      entry({ target: '/', device: '254:0', type: 'ext4', source: '/dev/root' }),
      entry({
        target: '/mnt/a',
        device: '7:3',
        type: 'xfs',
        source: '/dev/loop3',
        root: '/data',
        readOnly: true,
        propagation: 'shared',
      }),
      entry({
        target: '/mnt/b',
        device: '7:4',
        type: 'ext4',
        source: '/dev/loop4',
        readOnly: true,
        propagation: 'slave',
      }),
      entry({
        target: '/mnt/c',
        device: '0:5',
        type: 'devtmpfs',
        source: 'none',
        root: '/loop3',
        propagation: 'unbindable',
      }),
      entry({ target: '/mnt/d', device: '0:9', type: 'tmpfs', source: '' }),
    ]);
  });

  test.each([
    ['/mnt/a\\040b', '/mnt/a b'],
    ['/mnt/\\011\\012\\134040', '/mnt/\t\n\\040'],
    ['/mnt/gr\\303\\274n', '/mnt/grün'],
    ['/mnt/grün\\040€', '/mnt/grün €'],
  ])('the target %s is %j', (field, target) => {
    expect(mountsIn(`1 2 7:0 / ${field} rw - xfs /dev/x rw`)[0]?.target).toBe(target);
  });

  test.each([
    '',
    'nonsense',
    '1 2 7:0 / /mnt rw',
    '1 2 7:0 / /mnt rw -',
    '1 2 7:0 / /mnt rw shared:1 xfs x rw',
  ])('a line of another form is left out: %j', (line) => expect(mountsIn(line)).toEqual([]));

  const entry = (fields: object): object => ({
    root: '/',
    readOnly: false,
    propagation: 'private',
    ...fields,
  });
});
