/** One disk of a target: a file of this machine. */
export interface TargetDisk {
  readonly lun: number;
  readonly path: string;
  readonly sizeBytes: number;
  /** What it says that it is, behind its vendor's name. */
  readonly serial: string;
}

/** Who may log in to a target: by its IQN, or from an address. */
export type TargetClient = ({ readonly initiatorName: string } | { readonly address: string }) & {
  /** With it, CHAP is demanded; the user's name is the initiator's. */
  readonly secret?: string | undefined;
};

export interface IscsiTarget {
  /** Its IQN. */
  readonly name: string;
  readonly disks: readonly TargetDisk[];
  readonly clients: readonly TargetClient[];
}

/** The client that an initiator is to a target; undefined = it may not log in. */
export function clientOf(
  target: IscsiTarget,
  initiatorName: string,
  address: string,
): TargetClient | undefined {
  return target.clients.find((client) =>
    'initiatorName' in client
      ? client.initiatorName.toLowerCase() === initiatorName.toLowerCase()
      : client.address === address,
  );
}
