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
const APPEND = 'Merge-Type: list(append)+dict(recurse_list,no_replace)+str()';

/** A MIME message of the user's user-data, byte for byte, and then ours. */
export function combineAsMultipart(
  theirs: Extract<UserDataFormat, { kind: 'part' | 'mime' }>,
  setup: GuestSetup,
): string {
  const first = theirs.kind === 'mime' ? theirs.text : partOf(theirs.mimeType, theirs.text);
  const parts = [first, ...ourParts(theirs.text, setup)];
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

/** What theirs holds is only known to the guest (templates, includes), so ours has to fit whatever it is. */
function ourParts(theirs: string, setup: GuestSetup): readonly string[] {
  if (setup.user === 'root') {
    return [cloudConfigPart(ROOT_LOGIN), cloudConfigPart(addSetup({}, setup), APPEND)];
  }
  // Where theirs has a list of users, it says itself whether the image's default user is wanted.
  const listed = /^\s*users\s*:/m.test(theirs) ? { users: [] } : {};
  return [cloudConfigPart(addSetup(listed, setup), APPEND), partOf('text/x-shellscript', keyScript(setup))];
}

function cloudConfigPart(config: PlainMap, ...headers: string[]): string {
  return partOf('text/cloud-config', `#cloud-config\n${toYaml(config)}`, ...headers);
}

/** For a user whom theirs defines too: cloud-init would then take that entry's keys only. */
function keyScript({ user, publicKey }: GuestSetup): string {
  return scriptText('allow-key.sh', { USER: user, PUBLIC_KEY: publicKey });
}

/** Text that is not plain ASCII, or has CRs, travels as base64: Python's mail parser would change it. */
function partOf(mimeType: string, text: string, ...headers: string[]): string {
  const plain = /^[\t\n\x20-\x7e]*$/.test(text);
  return [
    `Content-Type: ${mimeType}; charset="utf-8"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${plain ? '7bit' : 'base64'}`,
    ...headers,
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
