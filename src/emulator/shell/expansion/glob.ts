import { isErrno, join, READ, type Credentials, type MemoryFileSystem } from '../../filesystem/index.js';
import { compilePattern, hasMagic, matches, type Chunk } from './pattern.js';

const MAX_RESULTS = 10_000;

/** Pathname expansion: the existing paths that fit, sorted; empty when there are none. */
export function glob(
  chunks: readonly Chunk[],
  cwd: string,
  fs: MemoryFileSystem,
  who: Credentials,
  /** dash finds `.` and `..`, too, when the pattern begins with a dot. */
  dots: boolean,
): string[] {
  const names = splitAtSlashes(chunks);
  const rooted = names[0]?.length === 0;
  let paths = [rooted ? '/' : ''];
  for (const name of rooted ? names.slice(1) : names) {
    paths = paths.flatMap((path) => expandName(path, name, cwd, fs, who, dots)).slice(0, MAX_RESULTS);
  }
  return paths.sort();
}

function expandName(
  path: string,
  name: readonly Chunk[],
  cwd: string,
  fs: MemoryFileSystem,
  who: Credentials,
  dots: boolean,
): string[] {
  const directory = path === '' ? cwd : path.startsWith('/') ? path : join(cwd, path);
  const extended = (found: string) => (path === '' ? found : join(path, found));
  const text = name.map((chunk) => chunk.text).join('');
  if (!hasMagic(name)) return fs.find(join(directory, text), who) === undefined ? [] : [extended(text)];
  const pattern = compilePattern(name);
  return [...(dots ? ['.', '..'] : []), ...namesIn(directory, fs, who)]
    .filter((found) => (!found.startsWith('.') || text.startsWith('.')) && matches(pattern, found))
    .map(extended);
}

function namesIn(directory: string, fs: MemoryFileSystem, who: Credentials): string[] {
  try {
    return [...fs.directory(directory, who, READ).entries.keys()];
  } catch (error) {
    if (isErrno(error)) return [];
    throw error;
  }
}

function splitAtSlashes(chunks: readonly Chunk[]): Chunk[][] {
  const names: Chunk[][] = [[]];
  for (const { text, quoted } of chunks) {
    text.split('/').forEach((piece, index) => {
      if (index > 0) names.push([]);
      if (piece !== '') names.at(-1)?.push({ text: piece, quoted });
    });
  }
  return names;
}
