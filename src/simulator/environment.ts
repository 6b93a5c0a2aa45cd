import { shellWord } from '../support/index.js';

/** What a user exports to point docker-machine at a simulator. */
export interface ClientEnvironment {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly cluster: string;
  readonly image: string;
  readonly subnet: string;
  /** SHA-256 of the server's certificate, 64 hex digits. */
  readonly fingerprint: string;
  /** The guests' SSH port. */
  readonly sshPort: number;
}

/** The same as variables. */
export function clientVariables(environment: ClientEnvironment): Readonly<Record<string, string>> {
  return {
    NUTANIX_ENDPOINT: environment.host,
    NUTANIX_PORT: String(environment.port),
    NUTANIX_USERNAME: environment.username,
    NUTANIX_PASSWORD: environment.password,
    NUTANIX_FINGERPRINT: `sha256:${environment.fingerprint}`,
    NUTANIX_CLUSTER: environment.cluster,
    NUTANIX_VM_IMAGE: environment.image,
    NUTANIX_VM_NETWORK: environment.subnet,
    NUTANIX_SSH_PORT: String(environment.sshPort),
  };
}

/** `export NAME=value` lines for a POSIX shell. */
export function shellEnvironment(environment: ClientEnvironment): string {
  return Object.entries(clientVariables(environment))
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join('');
}

/** Hints for a user, as shell comments. */
export function environmentHints(
  environment: ClientEnvironment,
  others: {
    readonly url: string;
    readonly pcVersion: string;
    readonly learningFlags: string;
    readonly caFile?: string | undefined;
  },
): string {
  const { subnet } = environment;
  const lines = [
    `Prism Central ${others.pcVersion}, simulated, at ${others.url}`,
    `To look at it: ${others.url}/ (as JSON: ${others.url}/simulator/state)`,
    'Drivers that know neither NUTANIX_FINGERPRINT nor NUTANIX_VM_NETWORK:',
    `  --nutanix-insecure --nutanix-vm-network ${subnet}`,
    `Addresses that are learned from the guests: ${others.learningFlags}`,
    ...(others.caFile === undefined ? [] : [`The server's certificate: ${others.caFile}`]),
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}
