/**
 * The text as one word of a command line for a POSIX shell, which reads it as it is: in single quotes unless it is plain. A
 * single quote cannot stand within them, so it ends them, stands for itself after a backslash, and begins them again.
 */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
