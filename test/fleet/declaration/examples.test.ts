import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { fleetJsonSchema } from '../../../src/fleet/declaration/schema.js';
import { ENVIRONMENT, problemsOf } from './declaration.js';

const ROOT = join(__dirname, '..', '..', '..');
const EXAMPLES = readdirSync(join(ROOT, 'examples')).filter(
  (name) => name.endsWith('.yaml') && !name.includes('stack'),
);
const published: unknown = JSON.parse(readFileSync(join(ROOT, 'docs', 'hosts.schema.json'), 'utf8'));

function text(name: string): string {
  return readFileSync(join(ROOT, 'examples', name), 'utf8');
}

describe('docs/hosts.schema.json', () => {
  test('is what `nutanix-hosts schema` prints', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(fleetJsonSchema())));
  });

  const validate = new Ajv({ strict: false }).compile(fleetJsonSchema());

  test.each(EXAMPLES)('an editor finds %s right', (name) => {
    expect({ valid: validate(parse(text(name))), errors: validate.errors }).toMatchObject({ valid: true });
  });

  test('an editor finds a wrong key', () => {
    expect(validate({ name: 'x', groups: [{ name: 'a', nutanix: { 'vm-cpu': 2 } }] })).toBe(false);
  });
});

test.each(EXAMPLES)('nutanix-hosts finds examples/%s right', (name) => {
  expect(problemsOf(text(name), ENVIRONMENT)).toEqual([]);
});
