import { join, resolve } from 'node:path';

/**
 * The full path that a person means: `~/` is the home folder, which a shell leaves as it is in `--flag=~/file`;
 * others start from `folder`. `home`: undefined = unknown.
 */
export function filePath(folder: string, named: string, home: string | undefined): string {
  return home !== undefined && named.startsWith('~/') ? join(home, named.slice(2)) : resolve(folder, named);
}
