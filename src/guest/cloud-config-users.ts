import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import { OperationError } from '../support/index.js';
import { guestUser, type GuestSetup } from './guest-setup.js';

/** Adds our SSH user to `users`, or our key to the user who is there already. */
export function addGuestUser(document: Document, root: YAMLMap, setup: GuestSetup): void {
  const users: unknown = root.get('users', false);
  if (users === undefined || users === null) {
    root.set('users', document.createNode(['default', guestUser(setup)]));
    return;
  }
  if (!isSeq(users))
    throw new OperationError({ code: 'invalid-input', attempted: 'merge', problem: 'users' });
  for (const item of users.items) {
    if (isMap(item) && item.get('name') === setup.user) {
      item.set('ssh_authorized_keys', [setup.publicKey]);
      return;
    }
  }
  users.add(document.createNode(guestUser(setup)));
}
