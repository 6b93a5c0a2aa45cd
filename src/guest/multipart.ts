import { createHash } from 'node:crypto';
import type { GuestSetup, PlainMap } from './guest-setup.js';
import { scriptText } from './script-text.js';
import { addSetup, ROOT_LOGIN } from './setup-merge.js';
import type { UserDataFormat } from './user-data-format.js';
import { toYaml } from './yaml-graft.js';

/**
 * How cloud-init joins our cloud-config with the parts before it: what they set stays, lists grow at their
 * end. By default the later part's lists would replace the earlier ones.
 */
const APPEND = 'list(append)+dict(recurse_list,no_replace)+str()';

/** One document for cloud-init beside others. */
export interface UserDataPart {
  readonly mimeType: string;
  readonly text: string;
  /** How it joins the parts before it; absent = as cloud-init does by itself. */
  readonly mergeType?: string | undefined;
}

/** A MIME message of the user's user-data, byte for byte, and then ours. */
export function combineAsMultipart(
  theirs: Extract<UserDataFormat, { kind: 'part' | 'mime' }>,
  setup: GuestSetup,
): string {
  const first = theirs.kind === 'mime' ? theirs.text : mimeOf(theirs);
  const parts = [first, ...partsFor(theirs.text, setup).map(mimeOf)];
  const boundary = `=====${createHash('sha256').update(parts.join('')).digest('hex').slice(0, 32)}==`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...parts.map((part) => `--${boundary}\n${part}`),
    `--${boundary}--`,
    '',
  ].join('\n');
}

/**
 * Our setup as parts that follow the user's. What theirs holds is only known to the guest (templates, includes), so
 * ours has to fit whatever it is.
 */
export function partsFor(theirs: string, setup: GuestSetup): readonly UserDataPart[] {
  if (setup.user === 'root') {
    return [cloudConfigPart(ROOT_LOGIN), cloudConfigPart(addSetup({}, setup), APPEND)];
  }
  // Where theirs has a list of users, it says itself whether the image's default user is wanted.
  const listed = /^\s*users\s*:/m.test(theirs) ? { users: [] } : {};
  return [
    cloudConfigPart(addSetup(listed, setup), APPEND),
    { mimeType: 'text/x-shellscript', text: keyScript(setup) },
  ];
}

function cloudConfigPart(config: PlainMap, mergeType?: string): UserDataPart {
  return { mimeType: 'text/cloud-config', text: `#cloud-config\n${toYaml(config)}`, mergeType };
}

/** For a user whom theirs defines too: cloud-init would then take that entry's keys only. */
function keyScript({ user, publicKey }: GuestSetup): string {
  return scriptText('allow-key.sh', { USER: user, PUBLIC_KEY: publicKey });
}

/** Text that is not plain ASCII, or has CRs, travels as base64: Python's mail parser would change it. */
function mimeOf({ mimeType, text, mergeType }: UserDataPart): string {
  const plain = /^[\t\n\x20-\x7e]*$/.test(text);
  return [
    `Content-Type: ${mimeType}; charset="utf-8"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    ...(mergeType === undefined ? [] : [`Merge-Type: ${mergeType}`]),
    '',
    plain
      ? text
      : (
          Buffer.from(text)
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        ).join('\n'),
  ].join('\n');
}
