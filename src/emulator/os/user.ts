import type { Credentials } from '../filesystem/index.js';

/** A line of /etc/passwd with its groups. */
export interface User extends Credentials {
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

export const rootUser: User = {
  name: 'root',
  uid: 0,
  gid: 0,
  groups: new Set([0]),
  home: '/root',
  shell: '/bin/bash',
};
