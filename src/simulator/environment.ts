/** What a person exports to point docker-machine at a simulator. */
export interface ClientEnvironment {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly cluster: string;
  readonly image: string;
}

/** `export NAME=value` lines for a POSIX shell. */
export function shellEnvironment(environment: ClientEnvironment): string {
  const values: readonly (readonly [string, string])[] = [
    ['NUTANIX_ENDPOINT', environment.host],
    ['NUTANIX_PORT', String(environment.port)],
    ['NUTANIX_USERNAME', environment.username],
    ['NUTANIX_PASSWORD', environment.password],
    ['NUTANIX_CLUSTER', environment.cluster],
    ['NUTANIX_VM_IMAGE', environment.image],
  ];
  return values.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join('');
}

function quoted(value: string): string {
  return /^[\w.:@%+,/-]+$/.test(value) ? value : `'${value.replace(/'/g, `'\\''`)}'`;
}
