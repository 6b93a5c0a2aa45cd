import { z } from 'zod';

const text = z.string().min(1);

/** `nutanix-volume.yaml`. Keys about Prism Central are the driver's options without `--nutanix-`. */
export const settingsSchema = z.strictObject({
  endpoint: text.describe('Host name or address of Prism Central, with or without :PORT'),
  port: z.int().min(1).max(65_535).optional().describe('Port, unless the endpoint has one (9440)'),
  username: text.optional().describe('User name of an account of least privilege (docs/permissions.md)'),
  password: text.optional().describe('Its password'),
  'password-file': text.optional().describe('File that holds nothing but the password'),
  'api-key': text.optional().describe('API key of a service account, instead of user name and password'),
  'credentials-file': text.optional().describe('File with lines username=, password= or api-key='),
  'ca-file': text
    .optional()
    .describe('PEM file of the authority that signed the certificate of Prism Central'),
  ca: text.optional().describe('The same certificate here, as PEM'),
  fingerprint: text.optional().describe('Trust exactly the certificate with this SHA-256, as sha256:HEX'),
  insecure: z.boolean().optional().describe('Trust any certificate: only for tests'),
  proxy: text.optional().describe('URL of an HTTP proxy to Prism Central'),
  api: z.enum(['auto', 'v4']).optional().describe('API to speak; volumes need v4'),
  cluster: text.optional().describe('Cluster of new volumes, by name or id; needed where there are several'),
  'storage-container': text.optional().describe('Where new volumes lie, unless an option says otherwise'),
  attachment: z
    .enum(['vm', 'iscsi'])
    .optional()
    .describe('vm = a disk of this VM by the hypervisor; iscsi = over the network (default: vm)'),
  // Prism's ids are not all of a variant and version that the standard has.
  'vm-id': z.guid().optional().describe("This VM's id, where DMI does not say it"),
  folder: text
    .optional()
    .describe('Where this host keeps its records and mounts volumes (/var/lib/nutanix-volume)'),
  policy: text.optional().describe('File of defaults and overrides (/etc/nutanix-volume/policy.yaml)'),
});

export type SettingsEntry = z.output<typeof settingsSchema>;

/** Keys that hold secrets: their values are shown nowhere. */
export const SECRET_KEYS: readonly (keyof SettingsEntry)[] = ['password', 'api-key'];
/** At most one of them says who signs in. */
export const CREDENTIAL_KEYS: readonly (keyof SettingsEntry)[] = [
  'password',
  'password-file',
  'api-key',
  'credentials-file',
];

/** A file to begin with: every key with what it means, those that are needed first. */
export function settingsTemplate(): string {
  const example: Readonly<Partial<Record<keyof SettingsEntry, string>>> = {
    endpoint: 'pc.example.com',
    username: 'docker-volumes',
    'password-file': '/etc/nutanix-volume/password',
  };
  const lines = Object.entries(settingsSchema.shape).map(([key, { description }]) => {
    const value = Object.entries(example).find(([name]) => name === key)?.[1];
    return `# ${description ?? ''}\n${value === undefined ? `#${key}:` : `${key}: ${value}`}\n`;
  });
  return `# Settings of nutanix-volume on this host. Mode 0600: nutanix-volume refuses a file that others can read.\n\n${lines.join('\n')}`;
}
