import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { withPlugin } from './life.js';
import type { Plugin } from './plugin.js';
import { sshAddress, sshOptions } from './provision.js';
import { folder, load } from './store.js';

/** libmachine's states by number. */
export const STATES = ['', 'Running', 'Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error'];

/** The part of Go's templates that is needed: `{{.Field.Field}}`. */
export function filled(template: string, value: unknown): string {
  return template.replace(/\{\{\.([\w.]+)\}\}/g, (_, path: string) => {
    const field = (object: unknown, name: string): unknown =>
      object instanceof Object ? Object.entries(object).find(([key]) => key === name)?.[1] : undefined;
    const found = path.split('.').reduce(field, value);
    if (found === undefined) return '';
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
}

/** `inspect [--format TEMPLATE] NAME` */
export function inspect(args: readonly string[]): void {
  const stored = load(args.at(-1) ?? '');
  console.log(args[0] === '--format' ? filled(args[1] ?? '', stored) : JSON.stringify(stored, null, 4));
}

export async function dockerOptions(name: string, plugin: Plugin): Promise<string> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => join(folder(name), file));
  const host = await plugin.text('GetURL');
  return [
    `--tlsverify`,
    `--tlscacert="${ca}"`,
    `--tlscert="${cert}"`,
    `--tlskey="${key}"`,
    `-H=${host}`,
  ].join('\n');
}

/** `env --shell bash NAME` */
export async function environment(name: string): Promise<void> {
  const url = await withPlugin(name, (plugin) => plugin.text('GetURL'));
  const variables = {
    DOCKER_TLS_VERIFY: '1',
    DOCKER_HOST: url,
    DOCKER_CERT_PATH: folder(name),
    DOCKER_MACHINE_NAME: name,
  };
  for (const [variable, value] of Object.entries(variables)) console.log(`export ${variable}="${value}"`);
}

export async function ssh([name = '', ...command]: readonly string[]): Promise<void> {
  const args = await withPlugin(name, async (plugin) => [
    ...(await sshOptions(plugin)),
    await sshAddress(plugin),
  ]);
  process.exitCode = spawnSync('ssh', [...args, ...command], { stdio: 'inherit' }).status ?? 1;
}

/** `scp FROM TO`; one of them is `NAME:PATH`. */
export async function scp(paths: readonly string[]): Promise<void> {
  const [, name = ''] = /^([\w.-]+):/.exec(paths.find((path) => path.includes(':')) ?? '') ?? [];
  const [options, address] = await withPlugin(name, async (plugin) => [
    await sshOptions(plugin),
    await sshAddress(plugin),
  ]);
  const real = paths.map((path) =>
    path.startsWith(`${name}:`) ? `${address}:${path.slice(name.length + 1)}` : path,
  );
  process.exitCode = spawnSync('scp', [...options, ...real], { stdio: 'inherit' }).status ?? 1;
}
