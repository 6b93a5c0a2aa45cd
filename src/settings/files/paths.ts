import { join, resolve } from 'node:path';
import type { Environment, OptionValues } from '../options/index.js';

/** Options that name files. Later commands run in other folders, so their full paths are stored. */
const FILES = ['CAFile', 'CredentialsFile', 'CloudInitFile', 'SSHKey'] as const;

export function absolutePaths(
  values: OptionValues,
  { HOME }: Environment,
  folder: () => string = () => process.cwd(),
): Partial<OptionValues> {
  const absolute = (path: string): string => (path === '' ? '' : filePath(folder(), path, HOME));
  return Object.fromEntries(FILES.map((key) => [key, absolute(values[key])]));
}

/**
 * The full path that a user means: `~/` is the home folder, which a shell leaves as it is in `--flag=~/file`;
 * others start from `folder`. `home`: undefined = unknown.
 */
export function filePath(folder: string, named: string, home: string | undefined): string {
  return home !== undefined && named.startsWith('~/') ? join(home, named.slice(2)) : resolve(folder, named);
}
