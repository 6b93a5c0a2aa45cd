import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../../../bench/table.js';
import { Plugin } from './plugin.js';
import { filled } from './look.js';
import { engineVersion } from './provision.js';
import { folder, load, names } from './store.js';

const HEAD = ['NAME', 'DRIVER', 'STATE', 'URL', 'DOCKER', 'ERRORS'];
const FIELDS = ['Name', 'DriverName', 'State', 'URL', 'DockerVersion', 'Error'];

/** `ls`, with `-q`, `--filter state=…` and `--format …`. */
export async function list(args: readonly string[]): Promise<void> {
  const wanted = args.map((arg) => /^state=(.*)$/.exec(arg)?.[1]).find((state) => state !== undefined);
  const all = await Promise.all(names().map(describe));
  const rows = all.filter(([, , state]) => wanted === undefined || state === wanted);
  const format = args[args.indexOf('--format') + 1];
  if (args.includes('-q')) for (const [name] of rows) console.log(name);
  else if (args.includes('--format') && format !== undefined) {
    for (const row of rows) {
      console.log(
        filled(format, Object.fromEntries(FIELDS.map((field, column) => [field, row[column]]))).trimEnd(),
      );
    }
  } else console.log(table([HEAD, ...rows]));
}

async function describe(name: string): Promise<string[]> {
  const plugin = await Plugin.start(load(name).Driver);
  try {
    const url = await plugin.text('GetURL');
    const read = (file: string): string => readFileSync(join(folder(name), file), 'utf8');
    const client = { certificate: read('cert.pem'), key: read('key.pem') };
    return [
      name,
      'nutanix',
      'Running',
      url,
      await engineVersion(new URL(url).hostname, read('ca.pem'), client),
      '',
    ];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const stopped = text === 'Host is not running';
    return [name, 'nutanix', stopped ? 'Stopped' : 'Error', '', '', stopped ? '' : text];
  } finally {
    await plugin.close();
  }
}
