import { randomBytes, randomUUID } from 'node:crypto';
import type { SimulatorOptions } from '../options.js';
import type { Account } from '../core/users.js';

/** The administrator first, then the others. A password that is not given is made up. */
export function accountsOf(options: SimulatorOptions): [Account, ...Account[]] {
  const administrator: Account = {
    uuid: '00000000-0000-0000-0000-000000000000',
    username: options.username ?? 'admin',
    password: options.password ?? randomBytes(12).toString('base64url'),
    apiKey: options.apiKey,
    role: 'admin',
  };
  return [administrator, ...(options.users ?? []).map((user) => ({ ...user, uuid: randomUUID() }))];
}
