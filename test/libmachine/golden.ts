import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

function golden(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'golden', name), 'utf8'));
}

export const METHODS = z
  .object({
    services: z.array(z.string()),
    methods: z.array(
      z.object({
        name: z.string(),
        argument: z.enum(['struct {}', '[]byte', 'drivers.DriverOptions', 'map[string]string']),
        reply: z.enum(['struct {}', 'int', 'string', '[]byte', '[]mcnflag.Flag']),
        mayFail: z.boolean(),
      }),
    ),
  })
  .parse(golden('libmachine-methods.json'));

export const CLIENT_FLAGS: readonly string[] = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((table) => Object.values(table).flatMap((names) => (typeof names === 'string' ? [] : names)))
  .parse(golden('libmachine-client-flags.json'));

export const OFFICIAL_FLAGS = z
  .object({
    flags: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['string', 'int', 'bool', 'slice']),
        env: z.string(),
        fallback: z.union([z.string(), z.number()]).optional(),
      }),
    ),
  })
  .parse(golden('official-flags.json')).flags;

export const OFFICIAL_CONFIG = z
  .object({ Driver: z.record(z.string(), z.unknown()) })
  .parse(golden('official-config.json')).Driver;
