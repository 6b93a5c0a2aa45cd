import { z } from 'zod';
import { connectionOptionsShape, engineShape, hostOptionsShape } from './driver-values.js';

const name = z.string().min(1);
const nutanix = z
  .strictObject(hostOptionsShape)
  .describe('Flags of the driver, without --nutanix-; lists replace the lists of a wider scope');
const engine = z.strictObject(engineShape).describe('Flags of docker-machine create, without --engine-');

const connection = z
  .strictObject({
    ...connectionOptionsShape,
    'password-env': name.optional().describe('Environment variable that holds the password'),
    'api-key-env': name.optional().describe('Environment variable that holds the API key'),
    password: name.optional().describe('The password itself; needs secrets-in-this-file: true'),
    'api-key': name.optional().describe('The API key itself; needs secrets-in-this-file: true'),
    'secrets-in-this-file': z
      .boolean()
      .optional()
      .describe('true = all who can read this file may know them'),
  })
  .describe('Prism Central; what is absent comes from the environment (NUTANIX_…)');

const availability = z.enum(['active', 'pause', 'drain']);
const labels = z.record(name, z.union([z.string(), z.number(), z.boolean()]).transform(String));
const swarmRole = z.enum(['manager', 'worker']);
const membership = z.strictObject({
  role: swarmRole,
  availability: availability.optional(),
  labels: labels.optional(),
});

const overrides = {
  nutanix: nutanix.optional(),
  engine: engine.optional(),
  swarm: z
    .union([swarmRole, membership])
    .transform((value) => (typeof value === 'string' ? { role: value } : value))
    .optional()
    .describe('Part in the swarm: manager, worker, or with availability and labels'),
};

const group = z.strictObject({
  name: name.describe('Name of the hosts: web, web-{1..3} or web-{01..10}'),
  count: z.int().min(1).max(1000).optional().describe('How many: NAME-1 … NAME-COUNT'),
  role: name.optional().describe('A word of your own, for install: and checks:'),
  addresses: z
    .union([z.array(name), name])
    .optional()
    .describe('Fixed addresses of the first NIC, one for each host: a list, or FIRST-LAST'),
  spread: z
    .record(name, z.array(z.union([z.string(), z.number()]).transform(String)).min(1))
    .optional()
    .describe('Driver flags whose values go round the hosts, e.g. cluster: [a, b]'),
  hosts: z
    .record(name, z.strictObject(overrides))
    .optional()
    .describe('What is different for one host, under its full name'),
  ...overrides,
});

const which = z.enum(['first', 'others', 'all']);
/** Hosts by what they are: a role, a group's name, a host's name; of those the first, the others or all. */
const selection = z.strictObject({ role: name, which: which.default('all') });

const install = z.strictObject({
  name,
  on: selection,
  run: name.describe(
    'Shell script; {{ host.name }}, {{ host.address }}, {{ first.address }}, {{ ROLE.address }}',
  ),
  environment: z
    .array(name)
    .optional()
    .describe('Variables of this process that the script gets; never logged'),
  input: name
    .optional()
    .describe('A file of this computer that the script reads from its standard input, e.g. an image'),
  deadline: z.int().min(1).default(600).describe('Seconds'),
});

const deploy = z.strictObject({ name, file: name.describe('A stack file, as for docker stack deploy') });

/** An option of volumes: a size, a file system, a mode …; the plugin knows which there are. */
const volumeOption = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const volumes = z
  .strictObject({
    on: selection.optional(),
    endpoint: name
      .optional()
      .describe('Prism Central as hosts reach it, HOST or HOST:PORT; default: that of connection'),
    username: name.optional().describe('Account of the plugin in Prism Central, see docs/permissions.md'),
    'password-env': name.optional().describe('Environment variable that holds its password'),
    'api-key-env': name.optional().describe('Environment variable that holds its API key'),
    attachment: z.enum(['vm', 'iscsi']).default('vm').describe('How volumes come to the hosts'),
    'storage-container': name.optional().describe('Where new volumes lie'),
    program: name
      .optional()
      .describe('The executable nutanix-volume for the hosts; default: the one beside nutanix-hosts'),
    policy: z
      .strictObject({
        defaults: z.record(name, volumeOption).optional(),
        overrides: z.record(name, volumeOption).optional(),
      })
      .optional()
      .describe('Options of volumes that hold when none are given, and that hold in any case'),
  })
  .describe('The volume plugin, installed and started on hosts: docker volume create --driver nutanix');

const port = z.int().min(1).max(65_535);
const checkBase = { name, deadline: z.int().min(0).default(30).describe('Seconds until it has to be so') };
const check = z.union([
  z.strictObject({ ...checkBase, tcp: z.strictObject({ on: selection, port }) }),
  z.strictObject({
    ...checkBase,
    http: z.strictObject({
      url: name.describe('With placeholders of on: http://{{ host.address }}/'),
      on: selection.optional(),
      status: z.int().min(100).max(599).default(200).describe('Status of the answer'),
      contains: name.optional(),
    }),
  }),
  z.strictObject({
    ...checkBase,
    command: z.strictObject({ on: selection, run: name, contains: name.optional() }),
  }),
]);

const swarm = z.strictObject({
  network: name.optional().describe('CIDR: the addresses that members advertise are in it'),
  'data-path-network': name.optional().describe('CIDR: the addresses for the traffic of containers'),
  'address-pool': z.array(name).optional().describe('CIDRs for overlay networks'),
});

/** The whole file. */
export const fleetSchema = z.strictObject({
  name: name
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/, 'has letters, digits, hyphens and dots')
    .describe('Name of the fleet'),
  parallel: z.int().min(1).max(200).default(5).describe('How many hosts are made at a time'),
  connection: connection.optional(),
  defaults: z.strictObject({ nutanix: nutanix.optional(), engine: engine.optional() }).optional(),
  groups: z.array(group).min(1),
  swarm: swarm.optional(),
  volumes: volumes.optional(),
  install: z.array(install).optional(),
  deploy: z.array(deploy).optional(),
  checks: z.array(check).optional(),
});

export type FleetFile = z.output<typeof fleetSchema>;
export type GroupEntry = FleetFile['groups'][number];
export type ConnectionEntry = z.output<typeof connection>;
export type InstallStep = z.output<typeof install>;
export type Deployment = z.output<typeof deploy>;
export type Check = z.output<typeof check>;
export type Selection = z.output<typeof selection>;
export type SwarmSettings = z.output<typeof swarm>;
export type VolumesEntry = z.output<typeof volumes>;
export type Membership = z.output<typeof membership>;

/** The schema for editors, as JSON Schema (draft 7). */
export function fleetJsonSchema(): object {
  return {
    $id: 'nutanix-hosts.schema.json',
    title: 'hosts.yaml of nutanix-hosts',
    ...z.toJSONSchema(fleetSchema, { target: 'draft-7', io: 'input', reused: 'ref' }),
  };
}
