/** A Go template as people give to `--format`: `{{.A.B}}` and `{{json .A}}`; all else is printed as it is. */
export function renderTemplate(template: string, values: unknown): string {
  return template.replace(
    /\{\{\s*(json\s+)?(\.[\w.]*)\s*\}\}/g,
    (_whole, asJson: string | undefined, path: string) => {
      const value = path
        .split('.')
        .filter((name) => name !== '')
        .reduce<unknown>((current, name) => property(current, name), values);
      if (value === undefined) return '<no value>';
      const plain = asJson === undefined && (typeof value === 'string' || typeof value === 'number');
      return plain ? String(value) : JSON.stringify(value);
    },
  );
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
