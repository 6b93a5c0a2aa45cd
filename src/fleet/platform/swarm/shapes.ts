import { z } from 'zod';

/** Parts of the Engine API's answers (version 1.41, Docker 20.10, and later) that are used here. */
export const infoShape = z.looseObject({
  ServerVersion: z.string().default(''),
  Swarm: z
    .looseObject({
      NodeID: z.string().default(''),
      LocalNodeState: z.string().default('inactive'),
      ControlAvailable: z.boolean().default(false),
    })
    .default({ NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false }),
});
export type Info = z.infer<typeof infoShape>;

export const swarmShape = z.looseObject({
  ID: z.string(),
  JoinTokens: z.looseObject({ Manager: z.string(), Worker: z.string() }),
});
export type Swarm = z.infer<typeof swarmShape>;

const specShape = z.looseObject({
  Role: z.enum(['manager', 'worker']),
  Availability: z.enum(['active', 'pause', 'drain']),
  Labels: z.record(z.string(), z.string()).nullish(),
});
export const nodeShape = z.looseObject({
  ID: z.string(),
  Version: z.looseObject({ Index: z.number() }),
  Spec: specShape,
  Description: z.looseObject({ Hostname: z.string().default('') }).default({ Hostname: '' }),
  Status: z.looseObject({ State: z.string().default('unknown'), Addr: z.string().default('') }),
  ManagerStatus: z
    .looseObject({
      Leader: z.boolean().default(false),
      Reachability: z.string().default(''),
      Addr: z.string().default(''),
    })
    .nullish(),
});
export const nodesShape = z.array(nodeShape);
export type SwarmNode = z.infer<typeof nodeShape>;

export const servicesShape = z.array(z.looseObject({ ID: z.string() }));
