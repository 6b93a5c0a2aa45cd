import { designatorsIn, namesDisk, unitSerialIn } from '../../../src/node/devices/scsi-identity.js';

const ID = 'b29f577f-1354-4c4a-ae12-f3809dea44cf';
const SERIAL = `NFS_1_0_5100_${ID.replaceAll('-', '_')}`;

function page(number: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, number, body.length >> 8, body.length & 255]), body]);
}

function designator(code: number, kind: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, kind, 0, name.length]), name]);
}

const T10 = designator(2, 1, Buffer.from(`NUTANIX ${SERIAL}`));
const NAA = designator(1, 3, Buffer.from('6506b8d0123456789abcdef012345678', 'hex'));
const PORT = designator(1, 0x94, Buffer.from([0, 0, 0, 1]));
const NAME = designator(3, 8, Buffer.from('naa.6506b8d0\0\0'));

describe('vital product data', () => {
  test('page 80 has the serial, blanks and zeros cut off', () => {
    expect(unitSerialIn(page(0x80, Buffer.from(`  ${SERIAL} \0\0`)))).toBe(SERIAL);
    expect(unitSerialIn(page(0x80, Buffer.from('    ')))).toBeUndefined();
  });

  test("page 83 has the disk's names, and those of ports are left out", () => {
    expect(designatorsIn(page(0x83, Buffer.concat([T10, PORT, NAA, NAME])))).toEqual([
      `NUTANIX ${SERIAL}`,
      '6506b8d0123456789abcdef012345678',
      'naa.6506b8d0',
    ]);
  });

  test.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['three bytes', Buffer.from([0, 0x83, 0])],
    ['another page', page(0x00, T10)],
    ['a page shorter than it says', page(0x83, T10).subarray(0, 20)],
  ])('%s names nothing', (_, bytes) => {
    expect(designatorsIn(bytes)).toEqual([]);
    expect(unitSerialIn(bytes)).toBeUndefined();
  });

  test('a designator that reaches beyond the page ends the reading', () => {
    const cut = Buffer.concat([NAA, T10.subarray(0, 10)]);
    expect(designatorsIn(page(0x83, cut))).toEqual(['6506b8d0123456789abcdef012345678']);
  });
});

describe('the disk that a serial names', () => {
  const other = ID.replace('b29f', 'a29f');

  test.each([
    [`t10.NUTANIX ${SERIAL}`, true],
    [`NUTANIX_${SERIAL}`, true],
    [`1NUTANIX_NFS_2_0_771_${ID.toUpperCase()}`, true],
    [ID, true],
    [`scsi-1NUTANIX_${SERIAL}`, true],
    [`scsi-1NUTANIX_${SERIAL}-part1`, false],
    [`NUTANIX_NFS_1_0_5100_${other}`, false],
    [`x${ID}`, false],
    ['', false],
  ])('%s: %s', (serial, expected) => expect(namesDisk(serial, ID)).toBe(expected));

  test('no id fits no serial', () => expect(namesDisk('', '')).toBe(false));
});
