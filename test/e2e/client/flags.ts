import { z } from 'zod';

const flagShape = z.object({
  name: z.string(),
  value: z.looseObject({ Name: z.string(), EnvVar: z.string(), Value: z.unknown().optional() }),
});

/**
 * What docker-machine sends for flags: default, then environment, then command line; each as a Go interface
 * value. Returns the values, the labels for the engine and the words that are no flags.
 */
export function parseCreate(
  described: unknown,
  args: readonly string[],
): { values: Map<string, unknown>; labels: string[]; words: string[] } {
  const flags = z.array(flagShape).parse(described);
  const values = new Map<string, unknown>([
    ['swarm-master', { name: 'bool', value: false }],
    ['swarm-host', { name: 'string', value: '' }],
    ['swarm-discovery', { name: 'string', value: '' }],
  ]);
  for (const { name, value } of flags) {
    const text = value.EnvVar === '' ? undefined : process.env[value.EnvVar];
    values.set(value.Name, goValue(name, name.includes('Slice') ? undefined : text, value.Value));
  }

  const words: string[] = [];
  const labels: string[] = [];
  const slices = new Map<string, string[]>();
  for (let index = 0; index < args.length; index++) {
    const [, name, inline] = /^--?([\w-]+)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    const flag = flags.find(({ value }) => value.Name === name);
    if (name === 'd' || name === 'driver') index++;
    else if (name === 'engine-label') labels.push(inline ?? args[++index] ?? '');
    else if (name === undefined) words.push(args[index] ?? '');
    else if (flag === undefined) throw new Error(`flag provided but not defined: -${name}`);
    else if (flag.name.includes('Bool')) values.set(name, { name: 'bool', value: inline !== 'false' });
    else {
      const text = inline ?? args[++index] ?? '';
      if (flag.name.includes('Slice')) slices.set(name, [...(slices.get(name) ?? []), text]);
      else values.set(name, goValue(flag.name, text, undefined));
    }
  }
  for (const [name, list] of slices) values.set(name, { name: '[]string', value: list });
  return { values, labels, words };
}

function goValue(kind: string, text: string | undefined, fallback: unknown): unknown {
  switch (kind) {
    case '*mcnflag.IntFlag':
      return { name: 'int', value: text === undefined ? Number(fallback ?? 0) : Number(text) };
    case '*mcnflag.BoolFlag':
      return { name: 'bool', value: text === 'true' || text === '1' };
    case '*mcnflag.StringSliceFlag':
      return { name: '[]string', value: Array.isArray(fallback) ? fallback : [] };
    default:
      return { name: 'string', value: text ?? (typeof fallback === 'string' ? fallback : '') };
  }
}
