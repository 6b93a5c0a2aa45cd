import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { connectionOptionsShape } from '../../../src/fleet/declaration/driver-values.js';
import { fleetJsonSchema } from '../../../src/fleet/declaration/schema.js';

/** As much of a JSON Schema as has keys in it. */
interface Node {
  readonly $ref?: string | undefined;
  readonly allOf?: readonly Node[] | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly items?: Node | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly additionalProperties?: Node | boolean | undefined;
  readonly default?: unknown;
  readonly definitions?: Readonly<Record<string, Node>> | undefined;
}
const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    allOf: z.array(node).optional(),
    anyOf: z.array(node).optional(),
    items: node.optional(),
    properties: z.record(z.string(), node).optional(),
    additionalProperties: z.union([z.boolean(), node]).optional(),
    default: z.unknown().optional(),
    definitions: z.record(z.string(), node).optional(),
  }),
);

/** What docs/options.md has: the driver's flags. */
const ELSEWHERE = /(^|\.)nutanix$/;

/** Every key of the file with its default as the reference writes both; what is the same in several places, once. */
function keysOf(root: Node): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (one: Node, path: string): void => {
    if (ELSEWHERE.test(path)) return;
    const target = one.$ref === undefined ? undefined : root.definitions?.[one.$ref.split('/').at(-1) ?? ''];
    for (const part of [
      ...(target === undefined ? [] : [target]),
      ...(one.allOf ?? []),
      ...(one.anyOf ?? []),
    ])
      visit(part, path);
    if (one.items !== undefined) visit(one.items, path);
    if (typeof one.additionalProperties === 'object') visit(one.additionalProperties, path);
    for (const [key, value] of Object.entries(one.properties ?? {})) {
      const whole = (path === '' ? key : `${path}.${key}`)
        .replace(/^(?:defaults|groups|groups\.hosts)\.(nutanix|engine)\b/, '$1')
        .replace(/^groups\.hosts\.swarm\b/, 'groups.swarm')
        .replace(/^(?:install|volumes|checks\.\w+)\.on\b/, 'on');
      if (path === 'connection' && Object.hasOwn(connectionOptionsShape, key)) continue;
      const before = found.get(whole) ?? '';
      const given = defaultOf(value, root);
      found.set(whole, given === '' ? before : given);
      visit(value, whole);
    }
  };
  visit(root, '');
  return found;
}

function defaultOf(one: Node, root: Node): string {
  if (one.default !== undefined) return JSON.stringify(one.default).replaceAll('"', '');
  const target = one.$ref === undefined ? undefined : root.definitions?.[one.$ref.split('/').at(-1) ?? ''];
  const parts = [...(target === undefined ? [] : [target]), ...(one.allOf ?? [])];
  return parts.map((part) => defaultOf(part, root)).find((text) => text !== '') ?? '';
}

/** Rows of the section "Every key": key and default. */
function documented(): readonly (readonly [string, string])[] {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'fleet.md'), 'utf8');
  const [, section = ''] = /\n## Every key\n([^]*?)\n## /.exec(page) ?? [];
  return section.split('\n').flatMap((line) => {
    const [, key = '', value = '', meaning = ''] =
      /^\| `([^`]+)` +\| *([^|]*?) *\| *(.*?) *\|$/.exec(line) ?? [];
    return key === '' || meaning === '' ? [] : [[key, value] as const];
  });
}

test('the reference in docs/fleet.md has every key of the file with its default, and no other', () => {
  const keys = keysOf(node.parse(JSON.parse(JSON.stringify(fleetJsonSchema()))));
  expect(keys.size).toBeGreaterThan(40);
  expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(keys));
});
