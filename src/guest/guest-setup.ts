/** What a guest must become, whatever the person's own user-data says. */
export interface GuestSetup {
  readonly hostname: string;
  /** Who logs in over SSH. */
  readonly user: string;
  /** One line of an authorized_keys file. */
  readonly publicKey: string;
}

/** A user of cloud-config, as far as we write one. */
export type GuestUser = Readonly<Record<string, string | readonly string[]>>;

/** Our entry of cloud-config's `users`. Another user than root becomes root by sudo, as provisioning needs. */
export function guestUser({ user, publicKey }: GuestSetup): GuestUser {
  const login = { name: user, ssh_authorized_keys: [publicKey] };
  return user === 'root' ? login : { ...login, sudo: 'ALL=(ALL) NOPASSWD:ALL', shell: '/bin/bash' };
}

/**
 * Our top-level settings besides `users`; the person's own ones of the same name win. Cloud images refuse SSH
 * logins of root unless `disable_root` is false.
 */
export function guestSettings({ hostname, user }: GuestSetup): Readonly<Record<string, string | boolean>> {
  return user === 'root' ? { hostname, disable_root: false } : { hostname };
}
