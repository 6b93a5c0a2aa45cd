/** A unit's settings by `Section.Key`, in order; drop-ins are further files of the same form. */
export type UnitSettings = ReadonlyMap<string, readonly string[]>;

/**
 * Reads unit files, the main one first. An empty assignment forgets what came before it, which is how a
 * drop-in replaces ExecStart.
 */
export function parseUnitFiles(texts: readonly string[]): UnitSettings {
  const settings = new Map<string, string[]>();
  for (const text of texts) {
    let section = '';
    for (const line of logicalLines(text)) {
      const [, header] = /^\[([^\]]+)\]$/.exec(line) ?? [];
      const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(line) ?? [];
      if (header !== undefined) section = header;
      else if (key !== undefined && value !== undefined) assign(settings, `${section}.${key}`, value.trim());
    }
  }
  return settings;
}

function assign(settings: Map<string, string[]>, key: string, value: string): void {
  if (value === '') settings.delete(key);
  else settings.set(key, [...(settings.get(key) ?? []), value]);
}

/** Lines without comments; a backslash at a line's end joins it to the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'));
}

/** Splits a command line or a list of assignments: blanks separate, quotes keep together. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const [, word = ''] of line.matchAll(/((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+)/g)) {
    words.push(
      word.replace(
        /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g,
        (_whole, double?: string, single?: string, escaped?: string) =>
          (double ?? single ?? escaped ?? '').replace(/\\(.)/g, '$1'),
      ),
    );
  }
  return words;
}
