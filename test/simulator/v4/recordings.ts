import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const schema = z.array(
  z.object({
    request: z.object({ method: z.string(), path: z.string(), headers, body: z.unknown() }),
    response: z.object({ status: z.number(), headers, body: z.unknown() }),
  }),
);

/** An exchange with a real Prism Central. */
export type Exchange = z.infer<typeof schema>[number];

/** The exchanges of one file of test/golden/prism-v4, in their order. */
export function exchanges(name: string): Exchange[] {
  const path = join(__dirname, '..', '..', 'golden', 'prism-v4', `${name}.json`);
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The only exchange of a file. */
export function exchange(name: string): Exchange {
  const [first, ...others] = exchanges(name);
  if (first === undefined || others.length > 0) throw new Error(`${name} has not one exchange`);
  return first;
}
