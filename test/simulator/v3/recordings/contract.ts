import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  request: z.object({ method: z.string(), url: z.string(), body: z.unknown() }),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
});

/** One exchange with a real Prism Central (test/golden/prism). */
export function recording(name: string): z.infer<typeof schema> {
  const path = join(__dirname, '..', '..', '..', 'golden', 'prism', `${name}.json`);
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/**
 * Every way in which `ours` differs from `real`, one line each: `path: what`. Lists are compared entry by
 * entry. A value whose path is in `free` may differ as long as its type does not. `[n]` in paths is `[]`.
 */
export function differences(real: unknown, ours: unknown, free: readonly RegExp[], path = ''): string[] {
  if (Array.isArray(real) && Array.isArray(ours)) {
    if (real.length !== ours.length) {
      return [`${path}: ${String(real.length)} entries there, ${String(ours.length)} here`];
    }
    return real.flatMap((item: unknown, index) => differences(item, ours[index], free, `${path}[]`));
  }
  if (isObject(real) && isObject(ours)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(ours)])].sort();
    return keys.flatMap((key) => {
      const inner = path === '' ? key : `${path}.${key}`;
      if (!(key in ours)) return [`${inner}: missing here`];
      if (!(key in real)) return [`${inner}: only here`];
      return differences(real[key], ours[key], free, inner);
    });
  }
  if (typeof real !== typeof ours) return [`${path}: ${typeof real} there, ${typeof ours} here`];
  if (free.some((pattern) => pattern.test(path)) || Object.is(real, ours)) return [];
  return [`${path}: ${JSON.stringify(real)} there, ${JSON.stringify(ours)} here`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
