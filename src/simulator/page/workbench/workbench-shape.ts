import type { Excerpt, Named, RequestRow, TaskRow } from '../view-shape.js';

/**
 * What the page's workbench gets below `/simulator/workbench/`. Moments are ms since 1970. The scripts in browser/ are
 * checked against these types. Nothing in it is a secret, but for the password in `Connection`.
 */
export interface Connection {
  /** Lines for a POSIX shell. */
  readonly shell: string;
  /** What a user has to do besides; absent when the lines are all. */
  readonly note?: string | undefined;
  readonly names: readonly NamesOfKind[];
  /** What can be done to the simulator, in words. */
  readonly faults: readonly FaultButton[];
}

/** Names of one kind that an option takes. */
export interface NamesOfKind {
  readonly title: string;
  /** e.g. `--nutanix-cluster`. */
  readonly option: string;
  readonly names: Excerpt<{ readonly name: string; readonly note: string }>;
}

/** A fault that is ready to be injected. */
export interface FaultButton {
  /** Also the name of the rule that it adds. */
  readonly title: string;
  readonly group: string;
  /** What clients will see of it. */
  readonly words: string;
}

/** A thing that can be done to a VM. */
export interface ActionButton {
  /** Last part of its path. */
  readonly action: string;
  readonly title: string;
  readonly words: string;
  /** It cannot be undone. */
  readonly final: boolean;
  /** Whether the VM is in a state for it. */
  readonly fits: boolean;
}

export interface VmDetails extends Named {
  readonly power: 'ON' | 'OFF';
  readonly state: string;
  /** Why the latest work on it failed. */
  readonly failure?: string | undefined;
  readonly cluster: string;
  readonly host?: string | undefined;
  readonly project?: string | undefined;
  readonly owner?: string | undefined;
  /** Without the tags at its end. */
  readonly description: string;
  /** What stands in brackets at the end of the description: who made the VM, and for what. */
  readonly ownerTags: readonly string[];
  /** `key: value`. */
  readonly categories: readonly string[];
  readonly cpus: string;
  readonly memoryMiB: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly disks: readonly DiskRow[];
  readonly nics: readonly NicRow[];
  /** As text, its secrets hidden; absent when there is none. */
  readonly userData?: string | undefined;
  readonly metaData?: string | undefined;
  /** Newest first. */
  readonly tasks: readonly TaskRow[];
  readonly actions: readonly ActionButton[];
  readonly hasTerminal: boolean;
}

export interface DiskRow {
  readonly uuid: string;
  /** e.g. `scsi.0`. */
  readonly slot: string;
  readonly type: string;
  /** Absent for a drive without a medium, and for a volume group. */
  readonly sizeBytes?: number | undefined;
  /** The image or volume group that it is from. */
  readonly from?: string | undefined;
}

export interface NicRow {
  readonly uuid: string;
  readonly macAddress: string;
  readonly subnet: string;
  readonly connected: boolean;
  readonly addresses: readonly { readonly ip: string; readonly learned: boolean }[];
}

export interface VolumeGroupDetails extends Named {
  readonly cluster: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly sharing: string;
  readonly target: string;
  readonly createdAt: number;
  /** When nutanix-volume has removed it, as its name tells. */
  readonly removedAt?: number | undefined;
  readonly disks: readonly { readonly uuid: string; readonly index: number; readonly sizeBytes: number }[];
  readonly vms: readonly (Named & { readonly slot: string; readonly power: string })[];
  readonly clients: readonly {
    readonly uuid: string;
    readonly initiator: string;
    readonly authentication: string;
  }[];
  readonly recoveryPoints: readonly (Named & { readonly createdAt: number })[];
  readonly tasks: readonly TaskRow[];
}

export interface TaskDetails extends TaskRow {
  readonly entities: readonly { readonly kind: string; readonly uuid: string; readonly name: string }[];
  readonly owner?: string | undefined;
  /** In words of no interface. */
  readonly reason?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
  readonly outcome: readonly { readonly name: string; readonly value: string }[];
}

export interface RequestDetails extends RequestRow {
  readonly route: string;
  readonly username?: string | undefined;
  readonly asked: MessageShown;
  readonly answered: MessageShown;
}

/** Half of an exchange. */
export interface MessageShown {
  readonly headers: readonly (readonly [string, string])[];
  /** Indented where it is JSON; absent when there was none. */
  readonly body?: string | undefined;
  /** Why the body is not shown, or not all of it. */
  readonly note?: string | undefined;
}
