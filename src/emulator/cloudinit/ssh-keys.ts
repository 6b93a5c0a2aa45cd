import type { System } from '../os/process.js';
import type { Instance } from './instance.js';
import { texts, truth, type Mapping } from './narrow.js';
import { addKeys, defaultUserName } from './users.js';

/**
 * Keys outside of `users`: they are the default user's. root gets them with a forced command that tells which
 * user to take, unless `disable_root: false`.
 */
export function applySshKeys(system: System, config: Mapping, instance: Instance): void {
  const keys = [...texts(config['ssh_authorized_keys']), ...instance.publicKeys];
  const name = defaultUserName(system, config);
  const accounts = system.accounts.accounts();
  const user = accounts.find((account) => account.name === name);
  const root = accounts.find((account) => account.name === 'root');
  if (user !== undefined) addKeys(system, user, keys);
  if (root === undefined) return;
  if (!truth(config['disable_root'], true)) addKeys(system, root, keys);
  else
    addKeys(
      system,
      root,
      keys.map((key) => `${refusal(user?.name ?? 'NONE')} ${key}`),
    );
}

function refusal(user: string): string {
  const message = `Please login as the user \\"${user}\\" rather than the user \\"root\\".`;
  const options = 'no-port-forwarding,no-agent-forwarding,no-X11-forwarding';
  return `${options},command="echo '${message}';echo;sleep 10;exit 142"`;
}
