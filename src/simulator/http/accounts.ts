import { randomBytes, randomUUID } from 'node:crypto';
import type { User } from '../core/users.js';

export interface Account extends User {
  readonly password: string;
  /** Value of X-ntnx-api-key that stands for this user. */
  readonly apiKey?: string | undefined;
}

/** An account besides the administrator's. */
export interface SimulatorUser {
  readonly username: string;
  readonly password: string;
  readonly role: 'admin' | 'viewer';
  /** Accepted in the header X-ntnx-api-key instead of name and password. */
  readonly apiKey?: string | undefined;
}

export interface AccountOptions {
  /** The administrator; `admin`. */
  readonly username?: string | undefined;
  /** Random when absent. */
  readonly password?: string | undefined;
  /** Stands for the administrator in the header X-ntnx-api-key. */
  readonly apiKey?: string | undefined;
  readonly users?: readonly SimulatorUser[] | undefined;
}

/** The administrator first, then the others. A password that is not given is made up. */
export function accountsOf(options: AccountOptions): [Account, ...Account[]] {
  const administrator: Account = {
    uuid: '00000000-0000-0000-0000-000000000000',
    username: options.username ?? 'admin',
    password: options.password ?? randomBytes(12).toString('base64url'),
    apiKey: options.apiKey,
    role: 'admin',
  };
  return [administrator, ...(options.users ?? []).map((user) => ({ ...user, uuid: randomUUID() }))];
}
