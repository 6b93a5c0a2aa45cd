/** Who may sign in. A viewer gets short lists, and changes nothing. */
export interface User {
  readonly uuid: string;
  readonly username: string;
  readonly role: 'admin' | 'viewer';
}

export interface Account extends User {
  readonly password: string;
  /** Value of X-ntnx-api-key that stands for this user. */
  readonly apiKey?: string | undefined;
}
