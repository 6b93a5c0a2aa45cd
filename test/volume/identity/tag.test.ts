import fc from 'fast-check';
import {
  hasLaterTag,
  mountOptionsIn,
  tagIn,
  withTag,
  type VolumeTag,
} from '../../../src/volume/identity/tag.js';

const whole: VolumeTag = {
  name: 'a b/ö]',
  fs: 'xfs',
  owner: { uid: 999, gid: 998 },
  mode: 0o700,
  mountOptions: ['noatime', 'nodev'],
  onRemove: 'keep',
  madeAt: new Date('2026-11-29T03:42:00Z'),
  maker: '0123abcd',
  from: 'id-1',
  wantedBytes: 2 ** 40,
  used: 'filesystem',
  removedAt: new Date('2026-11-29T04:42:00Z'),
  keptUntil: new Date('2026-11-30T04:42:00Z'),
};

test('a tag is read as it was written, between whatever users write', () => {
  expect(withTag('', whole)).toMatchInlineSnapshot(
    `"[nutanix-volume/1 name=a%20b/%C3%B6%5D fs=xfs owner=999:998 mode=0700 options=noatime,nodev on-remove=keep made=2026-11-29T03:42:00Z by=0123abcd from=id-1 size=1099511627776 used=filesystem removed=2026-11-29T04:42:00Z kept-until=2026-11-30T04:42:00Z]"`,
  );
  expect(tagIn(withTag('of the accountants', whole))).toEqual(whole);
  expect(withTag('before [nutanix-volume/1 fs=ext4] after', { fs: 'xfs' })).toBe(
    'before after [nutanix-volume/1 fs=xfs]',
  );
});

test('no text of a user ends the tag or adds a word to it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, maker) => {
      fc.pre(name !== '' && maker !== '');
      expect(tagIn(withTag('', { name, maker }))).toEqual({ name, maker });
    }),
  );
});

test('no description makes the reader fail, or give what is not of the form', () => {
  const words = fc.constantFrom(
    ...[
      '[nutanix-volume/1',
      ']',
      ' ',
      'fs=xfs',
      'fs=ntfs',
      'owner=-1:0',
      'owner=0:99999999999',
      'mode=99999',
    ],
    ...[
      'options=bind',
      'options=loop,nodev',
      'used=',
      'used=maybe',
      'size=1e9',
      'made=yesterday',
      '%',
      '%zz',
      '=',
    ],
    ...['__proto__=x', 'constructor=x', 'fs=ext4', '[nutanix-volume/2 fs=xfs]', 'name=%00'],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }), (parts) => {
      const tag = tagIn(parts.join('')) ?? {};
      expect(['xfs', 'ext4', undefined]).toContain(tag.fs);
      expect(['filesystem', 'block', undefined]).toContain(tag.used);
      expect(tag.mountOptions?.some((option) => /^(bind|loop|remount|suid-)/.test(option)) ?? false).toBe(
        false,
      );
      expect(tag.owner === undefined || (tag.owner.uid >= 0 && tag.owner.uid <= 0xfffffffe)).toBe(true);
      expect(tag.mode === undefined || tag.mode <= 0o7777).toBe(true);
      expect(tag.wantedBytes === undefined || Number.isSafeInteger(tag.wantedBytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['of two of a kind the first counts', '[nutanix-volume/1 fs=xfs fs=ext4]', { fs: 'xfs' }],
  ['of two tags the first counts', '[nutanix-volume/1 fs=xfs] [nutanix-volume/1 fs=ext4]', { fs: 'xfs' }],
  ['used, however it is spelt: never blank again', '[nutanix-volume/1 fs=xfs used=%]', { fs: 'xfs' }],
  ['used for something unknown', '[nutanix-volume/1 used=tape]', { used: 'block' }],
  ['words of later versions', '[nutanix-volume/1 fs=xfs cipher=aes]', { fs: 'xfs' }],
])('%s', (_, description, tag) => {
  expect(tagIn(description)).toEqual(tag);
});

test('a tag of a later version is not read, and known as one', () => {
  expect(tagIn('[nutanix-volume/2 fs=xfs]')).toBeUndefined();
  expect(hasLaterTag('[nutanix-volume/2 fs=xfs]')).toBe(true);
  expect(hasLaterTag('[nutanix-volume/1 fs=xfs]')).toBe(false);
});

test.each([
  'bind',
  'rbind',
  'loop',
  'remount',
  'user',
  'x-systemd.automount',
  'X-mount.mkdir',
  'helper=sh',
  'a b',
  'a;b',
])('the mount option %s is refused', (option) => {
  expect(mountOptionsIn(option)).toBeUndefined();
  expect(mountOptionsIn(`nodev,${option}`)).toBeUndefined();
});
