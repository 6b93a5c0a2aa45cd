import { cloudConfigOf, mergeIntoCloudConfig } from './cloud-config.js';
import type { GuestSetup } from './guest-setup.js';
import { combineAsMultipart } from './multipart.js';
import { recogniseUserData } from './user-data-format.js';

/**
 * The cloud-init user-data of a guest: our setup, combined with the person's own user-data if there is any.
 * cloud-config is merged into one document; every other kind stays as it is, byte for byte, and ours is added
 * as further parts of a MIME message. OperationError `invalid-input` for what cloud-init could not read.
 */
export function composeUserData(setup: GuestSetup, given?: string): string {
  const theirs = recogniseUserData(given ?? '');
  switch (theirs.kind) {
    case 'nothing':
      return cloudConfigOf(setup);
    case 'cloud-config':
      return mergeIntoCloudConfig(theirs.text, setup);
    case 'part':
    case 'mime':
      return combineAsMultipart(theirs, setup);
  }
}
