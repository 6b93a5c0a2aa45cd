import { z } from 'zod';
import { refusalShape } from '../refusal.js';

/** A request that was carried out, by the id that its client gave it. */
export const requestShape = z.object({
  id: z.string(),
  taskUuid: z.string(),
  /** ms since 1970. */
  at: z.number(),
});

/** How often an entity has changed since it was first looked at, and a digest of what it was the last time. */
export const changeCountShape = z.object({ uuid: z.string(), digest: z.string(), count: z.int() });

/** A task that is over. */
export const finishedTaskShape = z.object({
  uuid: z.string(),
  operation: z.string(),
  entities: z.array(z.object({ kind: z.string(), uuid: z.string(), name: z.string().optional() })),
  owner: z.object({ uuid: z.string(), name: z.string() }).optional(),
  clusterUuid: z.string().optional(),
  outcome: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.array(z.string())]) })),
  status: z.enum(['SUCCEEDED', 'FAILED', 'ABORTED']),
  duration: z.number(),
  logicalTimestamp: z.number(),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  updatedAt: z.number(),
  completedAt: z.number().optional(),
  failure: refusalShape.optional(),
});

export type RequestRecord = z.infer<typeof requestShape>;
export type ChangeCount = z.infer<typeof changeCountShape>;
