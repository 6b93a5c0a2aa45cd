import { z } from 'zod';
import { DaemonError } from '../services/index.js';

const list = z.array(z.string());

/** /etc/docker/daemon.json, as far as it shows in an emulated engine. Other keys have no effect. */
const daemonFileSchema = z.looseObject({
  hosts: list.optional(),
  tls: z.boolean().optional(),
  tlsverify: z.boolean().optional(),
  tlscacert: z.string().optional(),
  tlscert: z.string().optional(),
  tlskey: z.string().optional(),
  labels: list.optional(),
  debug: z.boolean().optional(),
  experimental: z.boolean().optional(),
  'storage-driver': z.string().optional(),
  'data-root': z.string().optional(),
  'insecure-registries': list.optional(),
  'registry-mirrors': list.optional(),
});

/** Keys of the file whose flag has another name. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  hosts: 'host',
  labels: 'label',
  'insecure-registries': 'insecure-registry',
  'registry-mirrors': 'registry-mirror',
};

/** Reads the file into values by flag name, like parseDaemonFlags. Throws DaemonError in dockerd's words. */
export function parseDaemonFile(path: string, text: string): ReadonlyMap<string, readonly string[]> {
  const failed = (problem: string) =>
    new DaemonError(`unable to configure the Docker daemon with file ${path}: ${problem}`);
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
  const parsed = daemonFileSchema.safeParse(json);
  if (!parsed.success) throw failed(z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const values = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(parsed.data)) {
    const name = FLAG_NAMES[key] ?? key;
    if (Array.isArray(value)) values.set(name, value.map(String));
    else if (['string', 'boolean', 'number'].includes(typeof value)) values.set(name, [String(value)]);
  }
  return values;
}

/** Flags and file together; the same directive in both is refused as dockerd does. */
export function merged(
  path: string,
  flags: ReadonlyMap<string, readonly string[]>,
  file: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const conflicts = [...file].filter(([name]) => flags.has(name));
  if (conflicts.length > 0) {
    const details = conflicts.map(([name, values]) => {
      return `${name}: (from flag: [${(flags.get(name) ?? []).join(' ')}], from file: [${values.join(' ')}])`;
    });
    throw new DaemonError(
      `unable to configure the Docker daemon with file ${path}: the following directives are specified both ` +
        `as a flag and in the configuration file: ${details.join(', ')}`,
    );
  }
  return new Map([...flags, ...file]);
}
