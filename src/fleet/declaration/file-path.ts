import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** A path that a declaration names: `~/` is the person's home, as in a shell; others start from the file's folder. */
export function filePath(folder: string, named: string): string {
  return named.startsWith('~/') ? join(homedir(), named.slice(2)) : resolve(folder, named);
}
