import { z } from 'zod';

/** What every saved entity has. */
export const entityShape = z.object({
  uuid: z.string(),
  name: z.string(),
  description: z.string().optional(),
  state: z.enum(['PENDING', 'RUNNING', 'COMPLETE', 'ERROR', 'DELETE_PENDING']),
  messages: z.array(
    z.object({
      message: z.string(),
      reason: z.string(),
      details: z.union([z.string(), z.record(z.string(), z.array(z.string()))]).optional(),
    }),
  ),
  taskUuids: z.array(z.string()),
  createTask: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  specVersion: z.int(),
  categories: z.record(z.string(), z.array(z.string())),
  usesCategoriesMapping: z.boolean(),
  projectUuid: z.string().optional(),
  owner: z.object({ kind: z.string(), uuid: z.string(), name: z.string().optional() }),
});
