/**
 * What the page gets from `GET /simulator/view`: as much as it shows and no more, however many there are.
 * Moments are ms since 1970. The scripts in browser/ are checked against these types, so this file imports
 * nothing.
 */
export interface View {
  /** The server's time; not part of the ETag. */
  readonly time: number;
  readonly version: string;
  /** What runs inside the VMs, e.g. `emulated`. */
  readonly guests: string;
  readonly counts: Counts;
  readonly clusters: readonly ClusterCard[];
  readonly subnets: readonly SubnetRow[];
  /** Newest first, those that the filter lets through. */
  readonly vms: Excerpt<VmRow>;
  /** Newest first. */
  readonly volumeGroups: Excerpt<VolumeGroupRow>;
  /** Newest first. */
  readonly tasks: Excerpt<TaskRow>;
  readonly faults: Excerpt<FaultRow>;
  /** Newest first. */
  readonly requests: Excerpt<RequestRow>;
}

/** The first rows of a list. */
export interface Excerpt<Row> {
  readonly rows: readonly Row[];
  /** How many rows there would be without a bound. */
  readonly of: number;
}

export interface Counts {
  readonly vms: number;
  readonly vmsOn: number;
  readonly tasks: number;
  readonly tasksUnderWay: number;
  readonly tasksFailed: number;
  readonly requests: number;
  readonly faults: number;
  /** How often any of the present rules struck. */
  readonly strikes: number;
  /** UUIDs that are set aside for creates. */
  readonly reservations: number;
}

/** What has an identity of its own in the API. */
export interface Named {
  readonly uuid: string;
  readonly name: string;
}

export interface ClusterCard extends Named {
  /** AOS, or PRISM_CENTRAL for the server itself. */
  readonly service: string;
  readonly version: string;
  readonly address: string;
  readonly vms: number;
  readonly hosts: readonly HostRow[];
}

export interface HostRow extends Named {
  readonly address: string;
  readonly cores: number;
  readonly memoryMiB: number;
  /** Of the VMs that run on it. */
  readonly usedMemoryMiB: number;
  readonly vms: number;
  readonly gpus: number;
  readonly usedGpus: number;
}

export interface SubnetRow extends Named {
  readonly type: string;
  /** Absent for overlays. */
  readonly cluster?: string | undefined;
  /** Absent where guests pick their addresses themselves. */
  readonly network?: string | undefined;
  readonly addresses: number;
  /** Addresses that may be handed out. */
  readonly used: number;
}

export interface VmRow extends Named {
  readonly power: 'ON' | 'OFF';
  readonly state: string;
  readonly cluster: string;
  /** Where it runs. */
  readonly host?: string | undefined;
  /** `learned` = only seen on the wire, not handed out by Prism. */
  readonly addresses: Excerpt<{ readonly ip: string; readonly learned: boolean }>;
  /** Absent until the server has completed the request. */
  readonly cpus?: number | undefined;
  readonly memoryMiB?: number | undefined;
  /** CD-ROMs are left out. */
  readonly disks: Excerpt<{ readonly slot: string; readonly sizeBytes: number }>;
  readonly createdAt: number;
}

export interface VolumeGroupRow extends Named {
  /** By nutanix-volume, which keeps it for a while. */
  readonly removed: boolean;
  readonly cluster: string;
  /** Of all its disks. */
  readonly sizeBytes: number;
  readonly disks: Excerpt<{ readonly index: number; readonly sizeBytes: number }>;
  /** Names of the VMs that have it as a disk. */
  readonly vms: Excerpt<string>;
  /** IQN or network address of each iSCSI client that has it. */
  readonly iscsiClients: Excerpt<string>;
  readonly createdAt: number;
}

export interface TaskRow {
  readonly uuid: string;
  readonly operation: string;
  readonly status: string;
  readonly percentage: number;
  /** Name of what it works on, or its UUID. */
  readonly entity: string;
  readonly error?: string | undefined;
  readonly createdAt: number;
}

export interface FaultRow {
  readonly name: string;
  readonly match: string;
  readonly effect: string;
  readonly struck: number;
  /** How often it strikes at most. */
  readonly times?: number | undefined;
}

export interface RequestRow {
  readonly number: number;
  readonly at: number;
  readonly method: string;
  /** Which API it was sent to; absent for a path of none. */
  readonly api?: string | undefined;
  /** Below the API's base path, with query. */
  readonly path: string;
  /** Absent until answered; 0 when the connection was broken instead. */
  readonly status?: number | undefined;
  readonly ms?: number | undefined;
  readonly faults: readonly string[];
}

const LONGEST_TEXT = 240;

/** The first `most` of the items, in the page's form; the others are only counted. */
export function excerpt<Item, Row>(
  items: readonly Item[],
  most: number,
  row: (item: Item) => Row,
): Excerpt<Row> {
  return { rows: items.slice(0, most).map(row), of: items.length };
}

/** The last `most` of the items, the last one first. */
export function latest<Item, Row>(
  items: readonly Item[],
  most: number,
  row: (item: Item) => Row,
): Excerpt<Row> {
  return { rows: items.slice(-most).reverse().map(row), of: items.length };
}

/** A name as a row shows it; the UUID where the name has nothing that can be seen. */
export function shownName(name: string, uuid: string): string {
  return /[^\p{C}\p{Z}\p{M}]/u.test(name) ? shortened(name) : uuid;
}

/** Clients may send texts of any length; a cell of a table has no use for all of it. */
export function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
