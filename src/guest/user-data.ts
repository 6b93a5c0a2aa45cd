import { combineAsArchive, refusedForm } from './archive.js';
import { cloudConfigOf, mergeIntoCloudConfig } from './cloud-config.js';
import type { GuestSetup } from './guest-setup.js';
import { mergeIntoIgnition, readIgnition } from './ignition.js';
import { combineAsMultipart } from './multipart.js';
import { recogniseUserData } from './user-data-format.js';
import type { UserDataForm } from './guest-setup.js';

/**
 * The user-data of a guest: our setup, combined with the user's own user-data if there is any. cloud-config and
 * Ignition configs are merged into one document; every other kind stays as it is, byte for byte, and ours is added
 * as further parts of a MIME message. OperationError `invalid-input` for what no guest could read.
 *
 * `form`: what the cloud takes; with `cloud-config` everything begins with that word, or is refused.
 */
export function userDataFor(setup: GuestSetup, given?: string, form: UserDataForm = 'any'): string {
  const theirs = recogniseUserData(given ?? '');
  switch (theirs.kind) {
    case 'nothing':
      return cloudConfigOf(setup);
    case 'cloud-config':
      return beginning(mergeIntoCloudConfig(theirs.text, setup), form);
    case 'part':
    case 'mime':
      return form === 'any' ? combineAsMultipart(theirs, setup) : combineAsArchive(theirs, setup);
    case 'ignition':
      if (form === 'cloud-config') {
        throw refusedForm(
          'an Ignition config',
          'Ask for API v3 where Prism Central has it (--nutanix-api v3), or use an image with cloud-init.',
        );
      }
      return mergeIntoIgnition(readIgnition(theirs.text), setup);
  }
}

/** What is before the first word, or how it is written, does not matter to cloud-init; a cloud may be stricter. */
function beginning(text: string, form: UserDataForm): string {
  return form === 'any' || text.startsWith('#cloud-config') ? text : `#cloud-config\n${text}`;
}
