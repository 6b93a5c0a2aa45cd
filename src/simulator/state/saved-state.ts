import { z } from 'zod';
import { OperationError } from '../../support/index.js';
import {
  categoryShape,
  clusterShape,
  containerShape,
  hostShape,
  imageShape,
  projectShape,
  reservationShape,
  subnetShape,
} from '../core/store/records.js';
import { changeCountShape, finishedTaskShape, requestShape } from '../core/store/remembered.js';
import { vmShape } from '../core/store/vm-record.js';
import { iscsiClientShape, recoveryPointShape, volumeGroupShape } from '../core/store/volume-records.js';
import { stateOfVersion2 } from '../v3/index.js';

const FORMAT = 'prism-simulator state';

const shape = z.object({
  format: z.literal(FORMAT),
  version: z.literal(3, { error: 'expected 2 or 3' }),
  /** What clients know a server by, as far as it was made up and not given. */
  server: z.object({
    certificate: z.exactOptional(z.object({ keyPem: z.string(), certificatePem: z.string() })),
    /** The administrator's. */
    password: z.exactOptional(z.string().min(1)),
  }),
  /** What guests have on their disks, as the backend of that kind saved it. */
  guests: z.exactOptional(z.object({ kind: z.string(), kept: z.unknown() })),
  clusters: z.array(clusterShape),
  hosts: z.array(hostShape),
  subnets: z.array(subnetShape),
  images: z.array(imageShape),
  projects: z.array(projectShape),
  vms: z.array(vmShape),
  containers: z.array(containerShape),
  categories: z.array(categoryShape),
  reservations: z.array(reservationShape),
  // Files from before volume groups have none.
  volumeGroups: z.array(volumeGroupShape).default([]),
  iscsiClients: z.array(iscsiClientShape).default([]),
  recoveryPoints: z.array(recoveryPointShape).default([]),
  // Nor do those from before API v4 have these.
  requests: z.array(requestShape).default([]),
  changeCounts: z.array(changeCountShape).default([]),
  tasks: z.array(finishedTaskShape).default([]),
});

/** Everything a simulator knows that outlives it: of tasks those that a repeated request is answered with, no sessions. */
export type SavedState = z.infer<typeof shape>;
export type SavedServer = SavedState['server'];
export type SavedGuests = NonNullable<SavedState['guests']>;

const version2 = z.looseObject({ format: z.literal(FORMAT), version: z.literal(2) });

/** Files of version 2 are taken too. Throws OperationError `invalid-input`. */
export function parseSavedState(value: unknown): SavedState {
  const old = version2.safeParse(value);
  const parsed = shape.safeParse(old.success ? { ...stateOfVersion2(old.data), version: 3 } : value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the saved state',
    problem: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not a saved state'}`,
    advice: 'Give a file that this version of the simulator has saved, or one that does not exist yet.',
  });
}
