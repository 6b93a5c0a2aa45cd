import type { Credentials } from '../filesystem/index.js';

/** A line of /etc/passwd with its groups. */
export interface User extends Credentials {
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}
