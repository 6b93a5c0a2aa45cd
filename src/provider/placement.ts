/** What a new VM refers to. */
interface Referring<R> {
  readonly cluster: R;
  readonly image: R;
  /** At least one, in the order of the VM's NICs. */
  readonly subnets: readonly R[];
  readonly project?: R | undefined;
  /** `key=value` pairs, already split; several values of one key are allowed. */
  readonly categories: readonly Category[];
  /** Storage container of each additional disk; undefined = the cloud picks. */
  readonly storageContainers: readonly (R | undefined)[];
}

/** What a new VM refers to, as the user names it: a name or a UUID each. */
export interface PlacementRequest extends Referring<string> {
  /** What the VM will be called: others of the name become a warning. undefined = not looked at. */
  readonly vmName?: string | undefined;
  /** One entry for each GPU wanted: its name. */
  readonly gpus: readonly string[];
  /** What the system disk shall have, GiB; undefined = the image's size. Checked against the image. */
  readonly systemDiskGiB?: number | undefined;
  /** A static address is only possible on a subnet that the cloud manages; [] or one entry per subnet. */
  readonly staticAddresses: readonly (string | undefined)[];
}

export interface Category {
  readonly key: string;
  readonly value: string;
}

/** The same, found and checked. Plain JSON. Ids mean something only to the provider that gave them. */
export interface Placement extends Referring<Reference> {
  readonly gpus: readonly GpuChoice[];
  /** Things the user should know that do not stop a create, one sentence each. */
  readonly warnings: readonly string[];
}

export interface Reference {
  readonly id: string;
  readonly name: string;
}

export interface GpuChoice {
  readonly name: string;
  readonly vendor: string;
  readonly mode: string;
  readonly deviceId: number;
}
