import type { FlagValue } from './driver-values.js';
import type { Path } from './positions.js';
import type { FileProblem } from './problem.js';
import type { Check, Deployment, InstallStep, Membership, SwarmSettings, Selection } from './schema.js';
import type { VolumePlugin } from './volume-plugin.js';

/** One host as the file wants it. */
export interface HostDeclaration {
  readonly name: string;
  /** Name of its group, as written. */
  readonly group: string;
  readonly role?: string | undefined;
  /** Create flags without dashes (nutanix-vm-cpus, engine-label); no secret among them. */
  readonly flags: ReadonlyMap<string, FlagValue>;
  readonly swarm?: Membership | undefined;
  /** Where in the file it is declared. */
  readonly at: Path;
  /** Where in the file each flag comes from. */
  readonly origins: ReadonlyMap<string, Path>;
}

/** The whole file, expanded and checked. */
export interface Fleet {
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** How many hosts are made at a time. */
  readonly parallel: number;
  /** In the order of the file; at least one. */
  readonly hosts: readonly HostDeclaration[];
  readonly install: readonly InstallStep[];
  readonly deploy: readonly Deployment[];
  readonly checks: readonly Check[];
  /** What the client's processes get in their environment: passwords. Never logged. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly swarm?: SwarmSettings | undefined;
  /** The volume plugin of hosts; undefined = none is installed. */
  readonly volumes?: VolumePlugin | undefined;
  /** What a user should know that stops nothing, one sentence each. */
  readonly warnings: readonly string[];
  /** A problem at its place in the file. */
  readonly problemAt: (path: Path, text: string) => FileProblem;
}

/** The part of the command line of `create` between the driver and the name. */
export function createArguments(host: HostDeclaration): string[] {
  return [...host.flags].flatMap(([flag, value]) => argumentsOf(flag, value));
}

/** With `=`, so that a value may begin with a dash. */
function argumentsOf(flag: string, value: FlagValue): string[] {
  if (typeof value === 'boolean') return value ? [`--${flag}`] : [];
  if (typeof value === 'object') return value.map((item) => `--${flag}=${item}`);
  return [`--${flag}=${value}`];
}

/** The hosts that a selection means: by role, group or name; `which` of them, in the order of the file. */
export function selectHosts<H extends HostDeclaration>(
  hosts: readonly H[],
  { role, which }: Selection,
): readonly H[] {
  const found = hosts.filter((host) => role === 'all' || [host.role, host.group, host.name].includes(role));
  if (which === 'first') return found.slice(0, 1);
  return which === 'others' ? found.slice(1) : found;
}
