/** Who may sign in. A viewer gets short lists, and changes nothing. */
export interface User {
  readonly uuid: string;
  readonly username: string;
  readonly role: 'admin' | 'viewer';
}
