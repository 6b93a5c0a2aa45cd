/** What a new VM refers to, as the user names it: a name or a UUID each. */
export interface PlacementRequest {
  /** What the VM will be called: others of the name become a warning. undefined = not looked at. */
  readonly vmName?: string | undefined;
  readonly cluster: string;
  readonly image: string;
  /** At least one, in the order of the VM's NICs. */
  readonly subnets: readonly string[];
  readonly project?: string | undefined;
  /** `key=value` pairs, already split; several values of one key are allowed. */
  readonly categories: readonly Category[];
  /** One entry for each GPU wanted: its name. */
  readonly gpus: readonly string[];
  /** Storage container of each additional disk; undefined = the cloud picks. */
  readonly storageContainers: readonly (string | undefined)[];
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
export interface Placement {
  readonly cluster: Reference;
  readonly image: Reference;
  readonly subnets: readonly Reference[];
  readonly project?: Reference | undefined;
  readonly categories: readonly Category[];
  readonly gpus: readonly GpuChoice[];
  readonly storageContainers: readonly (Reference | undefined)[];
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
