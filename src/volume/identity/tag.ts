import type { FilesystemType } from '../../node/index.js';
import type { VolumeOptions } from '../volume-service.js';

/**
 * What every host has to know of a volume stands as a tag in the description of its volume group, behind whatever users
 * write there:
 *
 *     anything [nutanix-volume/1 fs=xfs owner=999:999 mode=0700 options=noatime,discard made=2026-11-29T03:42:00Z] anything
 *
 * Any user with update rights can edit it, so it authorises nothing: a device is formatted only when it is proven blank
 * as well, a value that is not what it should be counts as absent, and mount options are checked like a user's.
 */
export interface VolumeTag extends Pick<VolumeOptions, 'owner' | 'mode' | 'mountOptions' | 'onRemove'> {
  /** The volume's name where that of the volume group is a shortened one. */
  readonly name?: string | undefined;
  /** File system with which it is formatted when it is proven blank; undefined = never. */
  readonly fs?: FilesystemType | undefined;
  readonly madeAt?: Date | undefined;
  /** A random word of the call that made it. */
  readonly maker?: string | undefined;
  /** What it was copied from: id of a volume or of a snapshot. */
  readonly from?: string | undefined;
  /** So large it is when it is complete, bytes: a copy begins with the size of its original. Lists tell no other size. */
  readonly wantedBytes?: number | undefined;
  /** Set before the first byte is written, into a file system or to the block device. Never formatted again. */
  readonly used?: 'filesystem' | 'block' | undefined;
  readonly removedAt?: Date | undefined;
  readonly keptUntil?: Date | undefined;
}

const VERSION = '1';
const TAG = /\s*\[nutanix-volume\/(\d{1,4})((?: [a-z-]{1,20}=[^\s[\]]*)*)\]/;

interface Entry<K extends keyof VolumeTag = keyof VolumeTag> {
  readonly member: K;
  readonly print: (tag: VolumeTag) => string | undefined;
  /** undefined = the text is no such thing. */
  readonly read: (text: string) => VolumeTag | undefined;
}

/** Words of the tag, in the order in which they are printed. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  name: { member: 'name', print: ({ name }) => name, read: (text) => present({ name: text }) },
  fs: { member: 'fs', print: ({ fs }) => fs, read: (text) => present({ fs: oneOf(text, 'xfs', 'ext4') }) },
  owner: {
    member: 'owner',
    print: ({ owner }) => (owner === undefined ? undefined : `${owner.uid}:${owner.gid}`),
    read: (text) => present({ owner: ownerIn(text) }),
  },
  mode: {
    member: 'mode',
    print: ({ mode }) => mode?.toString(8).padStart(4, '0'),
    read: (text) => present({ mode: /^[0-7]{3,4}$/.test(text) ? parseInt(text, 8) : undefined }),
  },
  options: {
    member: 'mountOptions',
    print: ({ mountOptions }) => mountOptions?.join(','),
    read: (text) => present({ mountOptions: mountOptionsIn(text) }),
  },
  'on-remove': {
    member: 'onRemove',
    print: ({ onRemove }) => onRemove,
    read: (text) => present({ onRemove: oneOf(text, 'keep', 'delete') }),
  },
  made: timeEntry('madeAt'),
  by: { member: 'maker', print: ({ maker }) => maker, read: (text) => present({ maker: text }) },
  from: { member: 'from', print: ({ from }) => from, read: (text) => present({ from: text }) },
  size: {
    member: 'wantedBytes',
    print: ({ wantedBytes }) => wantedBytes?.toString(),
    read: (text) => present({ wantedBytes: /^\d{1,15}$/.test(text) ? Number(text) : undefined }),
  },
  used: {
    member: 'used',
    print: ({ used }) => used,
    // Whatever stands there: the volume was used.
    read: (text) => ({ used: oneOf(text, 'filesystem', 'block') ?? 'block' }),
  },
  removed: timeEntry('removedAt'),
  'kept-until': timeEntry('keptUntil'),
};

/** The tag in a description; undefined = there is none, or one of a later version, which is not ours to understand. */
export function tagIn(description: string): VolumeTag | undefined {
  const [, version, words = ''] = TAG.exec(description) ?? [];
  if (version !== VERSION) return undefined;
  let tag: VolumeTag = {};
  for (const word of words.trim().split(' ')) {
    const equals = word.indexOf('=');
    const entry = Object.hasOwn(ENTRIES, word.slice(0, equals)) ? ENTRIES[word.slice(0, equals)] : undefined;
    const value = decoded(word.slice(equals + 1));
    // The first of two of the same kind counts: what is added later does not overrule it.
    if (entry === undefined || value === undefined || tag[entry.member] !== undefined) continue;
    tag = { ...tag, ...entry.read(value) };
  }
  return tag;
}

/** True for a tag that only a later version of this program understands; such a volume is left as it is. */
export function hasLaterTag(description: string): boolean {
  const [, version] = TAG.exec(description) ?? [];
  return version !== undefined && version !== VERSION;
}

/** The description with this tag in the place of the one that it may have; what users wrote around it stays. */
export function withTag(description: string, tag: VolumeTag): string {
  const words = Object.entries(ENTRIES).flatMap(([word, { print }]) => {
    const text = print(tag);
    return text === undefined ? [] : [` ${word}=${encoded(text)}`];
  });
  const rest = description.replace(TAG, '');
  return `${rest}${rest === '' ? '' : ' '}[nutanix-volume/${VERSION}${words.join('')}]`;
}

/** The tag as text, without its place in a description. */
export function tagText(tag: VolumeTag): string {
  return withTag('', tag);
}

/** Mount options that bind elsewhere, or run or load something, are nothing that a volume may ask for. */
const REFUSED_OPTION =
  /^(?:r?bind|r?shared|r?slave|r?private|r?unbindable|remount|move|loop|X-|x-|uhelper|helper|offset|sizelimit|encryption|user|users|owner|group|defaults-)/;

/** Options as `mount -o` takes them, checked; undefined = one is refused. */
export function mountOptionsIn(text: string): readonly string[] | undefined {
  const options = text.split(',').filter((option) => option !== '');
  const isFit = options.every(
    (option) => /^[\w.:=+@%/-]{1,64}$/.test(option) && !REFUSED_OPTION.test(option),
  );
  return isFit && options.length > 0 ? options : undefined;
}

function timeEntry(member: 'madeAt' | 'removedAt' | 'keptUntil'): Entry {
  return {
    member,
    print: (tag) => tag[member]?.toISOString().replace(/\.\d+Z$/, 'Z'),
    read: (text) => present({ [member]: timeIn(text) }),
  };
}

function timeIn(text: string): Date | undefined {
  const time = new Date(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}

function ownerIn(text: string): VolumeTag['owner'] {
  const [, uid = '', gid = ''] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? [];
  const [user, group] = [Number(uid), Number(gid)];
  return uid === '' || user > 0xfffffffe || group > 0xfffffffe ? undefined : { uid: user, gid: group };
}

function oneOf<T extends string>(text: string, ...known: readonly T[]): T | undefined {
  return known.find((one) => one === text);
}

function present(tag: VolumeTag): VolumeTag | undefined {
  return Object.values(tag).some((value) => value === undefined) ? undefined : tag;
}

/** All but a few signs percent-encoded, so that no value ends its word or the tag. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replaceAll(/%(?:3A|2C|2F|3D)/g, (code) => decodeURIComponent(code));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
