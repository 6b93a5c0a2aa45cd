import { gunzipSync } from 'node:zlib';
import { dirname } from '../filesystem/index.js';
import type { System } from '../system/system.js';
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
  const permissions = text(entry['permissions'])?.replace(/^0o/, '');
  if (permissions !== undefined && /^[0-7]{3,5}$/.test(permissions))
    node.mode = parseInt(permissions, 8) & 0o7777;
  const [user = 'root', group = 'root'] = (text(entry['owner']) ?? 'root:root').split(':');
  node.uid = accounts.user(user)?.uid ?? node.uid;
  node.gid = accounts.groups().find(({ name }) => name === group)?.gid ?? node.gid;
}

function decoded(content: string, encoding: string): Buffer {
  const zipped = encoding.includes('gz');
  const bytes = /b64|base64/.test(encoding) ? Buffer.from(content, 'base64') : Buffer.from(content);
  return zipped ? gunzipSync(bytes, { maxOutputLength: MAX_CONTENT }) : bytes;
}
