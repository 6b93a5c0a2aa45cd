import { z } from 'zod';

/** Requests of the engine (volumes.md 2). A name of no characters is none. */
const named = z.object({ Name: z.string().min(1) });

export const requests = {
  none: z.unknown(),
  named,
  /** `Opts` is null from `docker run` and {} from `docker volume create` (volumes.md 5). */
  create: named.extend({ Opts: z.record(z.string(), z.string()).nullish() }),
  /** `ID`: who has the volume mounted; the engine makes one up for each container and each `docker cp`. */
  use: named.extend({ ID: z.string().min(1) }),
};

/** A volume in answers; `CreatedAt` has to be an RFC 3339 time or absent. */
export interface VolumeAnswer {
  readonly Name: string;
  readonly Mountpoint?: string | undefined;
  readonly CreatedAt?: string | undefined;
  readonly Status?: Readonly<Record<string, string>> | undefined;
}

/** Every answer of a volume's calls has `Err`; empty = success. */
export interface PluginAnswer {
  readonly Err?: string;
  readonly Implements?: readonly string[];
  readonly Capabilities?: { readonly Scope: 'global' };
  readonly Mountpoint?: string;
  readonly Volume?: VolumeAnswer;
  readonly Volumes?: readonly VolumeAnswer[];
}
