import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const STORE = process.env['MACHINE_STORAGE_PATH'] ?? join(homedir(), '.docker', 'machine');
export const CERTIFICATES = join(STORE, 'certs');

const shape = z.looseObject({
  Name: z.string(),
  DriverName: z.string(),
  Driver: z.record(z.string(), z.unknown()),
  // Absent from machines that something else has made.
  HostOptions: z.object({ EngineOptions: z.object({ Labels: z.array(z.string()) }) }).optional(),
});
export type Stored = z.infer<typeof shape>;

export function folder(name: string): string {
  return join(STORE, 'machines', name);
}

export function names(): string[] {
  if (!existsSync(join(STORE, 'machines'))) return [];
  return readdirSync(join(STORE, 'machines'))
    .filter((name) => existsSync(join(folder(name), 'config.json')))
    .sort();
}

export function load(name: string): Stored {
  if (!names().includes(name)) throw new Error(`Docker machine "${name}" does not exist.`);
  return shape.parse(JSON.parse(readFileSync(join(folder(name), 'config.json'), 'utf8')));
}

export function engineLabels(name: string): readonly string[] {
  return load(name).HostOptions?.EngineOptions.Labels ?? [];
}

interface Made {
  readonly driverName?: string;
  /** Labels of the engine; those of an earlier `save` unless given. */
  readonly labels?: readonly string[];
}

/** @param driver what the plugin's GetConfigRaw answered */
export function save(name: string, driver: string, { driverName = 'nutanix', labels }: Made = {}): void {
  const known = names().includes(name) ? engineLabels(name) : [];
  mkdirSync(folder(name), { recursive: true, mode: 0o700 });
  const config: unknown = JSON.parse(driver);
  const options = { EngineOptions: { Labels: labels ?? known } };
  const text = JSON.stringify(
    { ConfigVersion: 3, Driver: config, DriverName: driverName, HostOptions: options, Name: name },
    null,
    4,
  );
  const path = join(folder(name), 'config.json');
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export function forget(name: string): void {
  rmSync(folder(name), { recursive: true, force: true });
}
