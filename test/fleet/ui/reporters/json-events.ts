import { z } from 'zod';

/** ISO 8601 in UTC, to the millisecond. */
const time = z.iso.datetime({ precision: 3 });
/** Words for users; no program needs what is in them. */
const text = z.string().min(1);
const name = z.string().min(1);
const seconds = z.number().nonnegative();

const ROWS = {
  plan: z.strictObject({
    host: name,
    action: z.enum(['create', 'remake', 'start', 'replace', 'resize', 'refuse', 'differs', 'remove', 'keep']),
    reason: text,
  }),
  summary: z.strictObject({
    host: name,
    result: text,
    seconds: seconds.optional(),
    address: z.ipv4().optional(),
  }),
  removals: z.strictObject({ removed: name, because: text }),
  replacements: z.strictObject({ host: name, change: z.enum(['replaced', 'restarted']), because: text }),
  checks: z.union([
    z.strictObject({ check: name, ok: z.literal(true) }),
    z.strictObject({ check: name, ok: z.literal(false), problem: text }),
  ]),
  status: z.strictObject({
    host: name,
    vm: name,
    address: z.ipv4().optional(),
    ssh: text.optional(),
    engine: text.optional(),
    swarm: text.optional(),
    differs: z.array(text),
  }),
  volumes: z.strictObject({
    volume: name,
    sizeGiB: z.number().positive(),
    filesystem: name.optional(),
    heldBy: z.array(name),
  }),
  orphans: z.strictObject({
    vm: name,
    id: name,
    power: z.enum(['on', 'off', 'paused', 'unknown']),
    made: time.optional(),
    machine: name.optional(),
    origin: name.optional(),
    account: name.optional(),
    creationKey: name,
    verdict: z.enum(['orphan', 'leftover', 'young', 'copy', 'other']),
    reason: text,
  }),
} as const;

const tables = Object.entries({ ...ROWS, leftovers: ROWS.orphans }).map(([event, row]) =>
  z.strictObject({ time, event: z.literal(event), rows: z.array(row) }),
);

/** Every line of `--json`, and nothing but these fields. */
const eventShape = z.union([
  z.strictObject({ time, event: z.literal('begin'), host: name, action: text }),
  z.strictObject({ time, event: z.literal('step'), host: name, text }),
  z.strictObject({
    time,
    event: z.literal('end'),
    host: name,
    ok: z.boolean(),
    text,
    seconds: seconds.optional(),
  }),
  z.strictObject({ time, event: z.enum(['note', 'warning']), text }),
  z.strictObject({ time, event: z.literal('problem'), hosts: z.array(name).min(1), text }),
  ...tables,
]);
const objectSchema = z.looseObject({ properties: z.record(z.string(), z.unknown()) });
const objects = z.union([
  objectSchema.transform((one) => [one]),
  z.looseObject({ anyOf: z.array(objectSchema) }).transform(({ anyOf }) => anyOf),
]);
const named = z.union([
  z.looseObject({ const: z.string() }).transform((one) => [one.const]),
  z.looseObject({ enum: z.array(z.string()) }).transform((one) => one.enum),
]);

/** By event its fields, or those of its rows; without `time` and `event`. */
export function eventFields(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    objects.parse(z.toJSONSchema(eventShape)).flatMap(({ properties }) => {
      const { event, rows } = properties;
      const fields = rows === undefined ? [{ properties }] : objects.parse(listShape.parse(rows).items);
      const keys = fields.flatMap((one) => Object.keys(one.properties));
      const names = [...new Set(keys)].filter((name) => !['time', 'event'].includes(name));
      return named.parse(event).map((one) => [one, names] as const);
    }),
  );
}
const listShape = z.looseObject({ items: z.unknown() });

type JsonEvent = z.infer<typeof eventShape>;

/** What a command printed with `--json`; throws at a line that is not as programs are told. */
export function jsonEvents(output: string): readonly JsonEvent[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parsed = eventShape.safeParse(JSON.parse(line));
      if (!parsed.success) throw new Error(`${line} is not as docs/fleet.md says: ${parsed.error.message}`);
      return parsed.data;
    });
}
