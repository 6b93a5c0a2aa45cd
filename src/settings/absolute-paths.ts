import { filePath } from './file-path.js';
import type { Environment, OptionValues } from './options/index.js';

/** Options that name files. Later commands run in other folders, so their full paths are stored. */
const FILES = ['CAFile', 'CredentialsFile', 'CloudInitFile', 'SSHKey'] as const;

export function absolutePaths(values: OptionValues, { HOME }: Environment): Partial<OptionValues> {
  const absolute = (path: string): string => (path === '' ? '' : filePath(process.cwd(), path, HOME));
  return Object.fromEntries(FILES.map((key) => [key, absolute(values[key])]));
}
