import { parse } from 'yaml';
import { OperationError } from '../support/index.js';
import type { GuestSetup } from './guest-setup.js';
import { partsFor, type UserDataPart } from './multipart.js';
import type { UserDataFormat } from './user-data-format.js';
import { AS_CLOUD_INIT, toYaml } from './yaml-graft.js';

const ARCHIVE = '#cloud-config-archive';

/**
 * The user's user-data and then ours as a cloud-config archive, for a cloud that only takes user-data which begins with
 * `#cloud-config`. cloud-init handles the entries as it does the parts of a MIME message, but follows no `#include` in
 * them (cloud-init's documentation, "Cloud config archive").
 */
export function combineAsArchive(
  theirs: Extract<UserDataFormat, { kind: 'part' | 'mime' }>,
  setup: GuestSetup,
): string {
  const entries = [...entriesOf(theirs), ...partsFor(theirs.text, setup).map(entryOf)];
  return `${ARCHIVE}\n${toYaml(entries)}`;
}

function entriesOf(theirs: Extract<UserDataFormat, { kind: 'part' | 'mime' }>): readonly unknown[] {
  if (theirs.kind === 'mime') {
    throw refusedForm('a MIME message', `Write its parts as entries of a list under ${ARCHIVE}.`);
  }
  if (theirs.mimeType.includes('include')) {
    throw refusedForm(
      'a list of addresses to include',
      'Load them by a script, or by runcmd in a cloud-config.',
    );
  }
  if (theirs.mimeType !== 'text/cloud-config-archive') return [entryOf(theirs)];
  const listed: unknown = parse(theirs.text, AS_CLOUD_INIT);
  if (Array.isArray(listed)) return listed;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the cloud-init user-data',
    problem: `it begins with ${ARCHIVE}, and no list follows`,
  });
}

function entryOf({ mimeType, text, mergeType }: UserDataPart): object {
  return { type: mimeType, content: text, ...(mergeType === undefined ? {} : { 'Merge-Type': mergeType }) };
}

/** The error for user-data that such a cloud does not take, and that cannot be put into a form that it takes. */
export function refusedForm(what: string, advice: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: 'compose the cloud-init user-data',
    problem: `Prism Central takes user-data only if it begins with #cloud-config, and this is ${what}`,
    advice,
  });
}
