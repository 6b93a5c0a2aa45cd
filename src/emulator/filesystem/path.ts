/** `path` as seen from `cwd`, absolute, without `.`, doubled or trailing slashes. `..` is kept for the walk. */
export function absolute(cwd: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${cwd}/${path}`;
  return `/${segments(whole).join('/')}`;
}

/** The names along a path; empty for `/`. */
export function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** `path` without `.` and `..`, by its text alone: links are not looked at. */
export function logicalPath(path: string): string {
  const names: string[] = [];
  for (const name of segments(path)) {
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The last name, as `basename` prints it. */
export function basename(path: string): string {
  return segments(path).at(-1) ?? '/';
}

/** All but the last name, as `dirname` prints it. */
export function dirname(path: string): string {
  const names = segments(path).slice(0, -1);
  if (path.startsWith('/')) return `/${names.join('/')}`;
  return names.length === 0 ? '.' : names.join('/');
}

export function join(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}
