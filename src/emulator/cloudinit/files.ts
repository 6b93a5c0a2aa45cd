import { gunzipSync } from 'node:zlib';
import { dirname } from '../filesystem/index.js';
import type { System } from '../os/process.js';
import { isMapping, list, text, truth, type Mapping } from './narrow.js';

const MAX_CONTENT = 16 * 1024 * 1024;

/** `write_files:`; `deferred` ones come in the final stage. Gives warnings. */
export function writeFiles(system: System, config: Mapping, deferred: boolean): string[] {
  const warnings: string[] = [];
  for (const entry of list(config['write_files']).filter(isMapping)) {
    if (truth(entry['defer'], false) !== deferred) continue;
    const path = text(entry['path']);
    if (path?.startsWith('/') !== true) {
      warnings.push(`No path provided to write for entry ${warnings.length + 1} in module write_files`);
      continue;
    }
    try {
      writeOne(system, path, entry);
    } catch (error) {
      warnings.push(`Failed to write ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return warnings;
}

function writeOne({ fs, accounts }: System, path: string, entry: Mapping): void {
  const content = decoded(text(entry['content']) ?? '', text(entry['encoding'])?.toLowerCase() ?? '');
  fs.mkdirs(dirname(path));
  const append = truth(entry['append'], false) && fs.find(path)?.kind === 'file';
  const before = append ? fs.readFile(path) : new Uint8Array(0);
  const node = fs.writeFile(path, Buffer.concat([before, content]));
  node.mode = permissionsOf(entry['permissions']);
  const [user = 'root', group = 'root'] = (text(entry['owner']) ?? 'root:root').split(':');
  node.uid = accounts.user(user)?.uid ?? node.uid;
  node.gid = accounts.groups().find(({ name }) => name === group)?.gid ?? node.gid;
}

/** A number is taken as it is (YAML 1.1 reads 0644 as octal, but 644 as six hundred and forty-four). */
function permissionsOf(value: unknown): number {
  if (typeof value === 'number') return value & 0o7777;
  const octal = text(value)?.replace(/^0o/, '') ?? '';
  return /^[0-7]{3,5}$/.test(octal) ? parseInt(octal, 8) & 0o7777 : 0o644;
}

function decoded(content: string, encoding: string): Buffer {
  const zipped = encoding.includes('gz');
  const bytes = /b64|base64/.test(encoding) ? Buffer.from(content, 'base64') : Buffer.from(content);
  return zipped ? gunzipSync(bytes, { maxOutputLength: MAX_CONTENT }) : bytes;
}
