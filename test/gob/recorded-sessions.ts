import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tagged } from './tagged.js';

const item = z.object({
  dir: z.enum(['client->server', 'server->client']),
  kind: z.enum(['http', 'typedef', 'part', 'header', 'body', 'eof']),
  hex: z.string().default(''),
  value: z.custom<Tagged>(() => true).optional(),
  seq: z.number().optional(),
  method: z.string().optional(),
  typeName: z.string().optional(),
  error: z.string().optional(),
});
const session = z.object({
  plugins: z.array(z.object({ connections: z.array(z.object({ items: z.array(item) })) })),
});

export type SessionItem = z.infer<typeof item>;
export type Direction = SessionItem['dir'];

/** One recorded connection; see test/golden/README.md. */
export interface RecordedConnection {
  /** Session, plugin process, connection: `create 1.0`. */
  readonly name: string;
  readonly items: readonly SessionItem[];
}

const folder = join(__dirname, '../golden/sessions');

export function recordedConnections(): readonly RecordedConnection[] {
  return readdirSync(folder).flatMap((file) => {
    const { plugins } = session.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    return plugins.flatMap(({ connections }, plugin) =>
      connections.map(({ items }, index) => ({
        name: `${file.replace('.json', '')} ${String(plugin)}.${String(index)}`,
        items,
      })),
    );
  });
}

/** What went one way, without the HTTP opening. */
export function gobBytes(connection: RecordedConnection, dir: Direction): Buffer {
  const sent = connection.items.filter((it) => it.dir === dir && it.kind !== 'http');
  return Buffer.from(sent.map(({ hex }) => hex).join(''), 'hex');
}

/** The values that went one way: headers and bodies in turn. */
export function sentValues(connection: RecordedConnection, dir: Direction): readonly SessionItem[] {
  return connection.items.filter((it) => it.dir === dir && (it.kind === 'header' || it.kind === 'body'));
}
