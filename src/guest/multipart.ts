import { createHash } from 'node:crypto';
import type { UserDataFormat } from './user-data-format.js';

/**
 * How cloud-init joins our cloud-config with the parts before it: what they set stays, lists grow at their
 * end. Without it the later part's `users` would replace the earlier one's.
 */
const MERGE_TYPE = 'list(append)+dict(recurse_list,no_replace)+str()';

/** A MIME message of the person's user-data, byte for byte, and then ours. */
export function combineAsMultipart(
  theirs: Extract<UserDataFormat, { kind: 'part' | 'mime' }>,
  ours: string,
): string {
  const boundary = `=====${createHash('sha256').update(theirs.text).digest('hex').slice(0, 32)}==`;
  const parts = [theirs.kind === 'mime' ? theirs.text : partOf(theirs.mimeType, theirs.text), ourPart(ours)];
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...parts.map((part) => `--${boundary}\n${part}`),
    `--${boundary}--`,
    '',
  ].join('\n');
}

function ourPart(cloudConfig: string): string {
  return partOf('text/cloud-config', cloudConfig, `Merge-Type: ${MERGE_TYPE}`);
}

/** Text that is not plain ASCII, or has CRs, travels as base64: mail readers may change it otherwise. */
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
