import {
  OPTION_TEXTS,
  optionTextsHelp,
  parseSize,
  sizeText,
  volumeOptionsFrom,
} from '../../src/volume/option-texts.js';

describe('sizes', () => {
  test.each([
    ['20G', 20 * 2 ** 30],
    ['20GiB', 20 * 2 ** 30],
    [' 512 m ', 512 * 2 ** 20],
    ['1.5T', 1.5 * 2 ** 40],
    ['100k', 102_400],
    ['20', undefined],
    ['', undefined],
    ['0G', undefined],
    ['-1G', undefined],
    ['1e3G', undefined],
    ['20 GX', undefined],
    ['999999999P', undefined],
  ])('%j is %j bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    [20 * 2 ** 30, '20G'],
    [1.5 * 2 ** 40, '1.5T'],
    [512, '512'],
    [0, '0'],
    [2 ** 20, '1M'],
  ])('%d is shown as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});

describe('options of a volume', () => {
  test.each(['encryption', 'Encrypted'])('%s, which Nutanix Volumes has not: what to do instead', (name) => {
    expect(() => volumeOptionsFrom({ [name]: 'true' }, 'create')).toThrow(
      `there is no option ${name}: volume groups have no encryption of their own; name a storage container that is encrypted (storage-container)`,
    );
  });

  test('are read from texts', () => {
    const texts = {
      size: '10G',
      fs: 'ext4',
      owner: '999:998',
      mode: '0750',
      'mount-options': 'noatime,nodev',
      from: 'db',
      'storage-container': 'fast',
      'on-remove': 'delete',
    };
    expect(volumeOptionsFrom(texts, 'create volume "x"')).toEqual({
      sizeBytes: 10 * 2 ** 30,
      filesystem: 'ext4',
      owner: { uid: 999, gid: 998 },
      mode: 0o750,
      mountOptions: ['noatime', 'nodev'],
      from: 'db',
      storageContainer: 'fast',
      onRemove: 'delete',
    });
    expect(volumeOptionsFrom({}, 'create')).toEqual({});
  });

  test.each([
    [{ sizeMb: '10240' }, { sizeBytes: 10 * 2 ** 30 }],
    [{ sizeInGiB: '3' }, { sizeBytes: 3 * 2 ** 30 }],
    [{ FileSystemType: 'xfs' }, { filesystem: 'xfs' }],
    [{ fsOwner: '0:0' }, { owner: { uid: 0, gid: 0 } }],
    [{ fsMode: '770' }, { mode: 0o770 }],
    [{ cloneOf: 'db' }, { from: 'db' }],
    [{ fromSnapshot: 's' }, { fromSnapshot: 's' }],
    [{ importVol: 'vg' }, { import: 'vg' }],
  ])('%j, as other plugins call it', (texts, options) => {
    expect(volumeOptionsFrom({ ...texts }, 'create')).toEqual(options);
  });

  test.each([
    [{ size: '10' }, 'option size must be a size with its unit, such as 20G'],
    [{ fs: 'btrfs' }, 'option fs must be xfs or ext4, not "btrfs"'],
    [{ owner: 'mysql' }, 'option owner must be UID:GID'],
    [{ owner: '4294967295:0' }, 'option owner must be UID:GID'],
    [{ mode: '999' }, 'option mode must be an octal mode'],
    [{ 'mount-options': 'a,,b' }, 'option mount-options must be words'],
    // What the tag of a volume refuses would be dropped without a word.
    [{ 'mount-options': 'noatime,loop' }, 'option mount-options must be words'],
    [{ from: ' ' }, 'option from must be name or id of a volume'],
    [{ sizes: '1G' }, 'there is no option sizes; did you mean size?'],
    [{ colour: 'red' }, 'there is no option colour; known: size, '],
    [{ size: '1G', sizeMb: '5' }, 'options size and sizeMb say the same'],
    [{ from: 'a', import: 'b' }, 'options from and import exclude one another'],
    [{ fs: 'zfs', mode: 'x' }, /option fs .*; option mode /],
  ])('%j is refused', (texts, problem) => {
    const given: Record<string, string> = { ...texts };
    expect(() => volumeOptionsFrom(given, 'create volume "x"')).toThrow(problem);
    expect(() => volumeOptionsFrom(given, 'create volume "x"')).toThrow('create volume "x": ');
  });

  test('help names each with its aliases', () => {
    const help = optionTextsHelp();
    for (const { name, aliases } of OPTION_TEXTS) {
      for (const one of [name, ...aliases]) expect(help).toContain(one);
    }
  });
});
