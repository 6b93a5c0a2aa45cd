import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { rancherFields } from '../../../src/settings/options/rancher-fields.js';
import { OPTION_LIST } from '../../../src/settings/options/table.js';

const docs = join(__dirname, '../../../docs');
const text = (name: string): string => readFileSync(join(docs, name), 'utf8');
const fields = rancherFields();

test('docs/rancher-fields.json has every option (make docs writes it)', () => {
  expect(JSON.parse(text('rancher-fields.json'))).toEqual(fields);
  expect(fields.map(({ flag }) => flag)).toEqual(OPTION_LIST.map(({ name }) => `--${name}`));
  expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
});

test('Rancher gives a credential as the variables that the driver reads', () => {
  for (const option of OPTION_LIST) {
    const name = fields.find(({ flag }) => flag === `--${option.name}`)?.name ?? '';
    // Rancher puts an underscore between a small letter and a capital one.
    expect(`NUTANIX_${name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`).toBe(option.env);
  }
});

const manifestShape = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
  spec: z.object({ checksum: z.string().regex(/^[0-9a-f]{64}$/), url: z.string() }),
});

test('the node driver of docs/rancher.md annotates the fields of the credential', () => {
  const [, manifest = ''] = /```yaml\n([^]*?)```/.exec(text('rancher.md')) ?? [];
  const { metadata, spec } = manifestShape.parse(parse(manifest));
  const named = (credential: string | null): string =>
    fields.flatMap((field) => (field.credential === credential ? field.name : [])).join(',');
  expect(metadata.annotations).toMatchObject({
    publicCredentialFields: named('public'),
    privateCredentialFields: named('private'),
    passwordFields: named('private'),
    defaults: `port:${fields.find(({ name }) => name === 'port')?.default ?? ''}`,
  });
  expect(spec.url).toMatch(/\/docker-machine-driver-nutanix$/);
});

test('docs/rancher.md names fields that there are', () => {
  const rows = text('rancher.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !fields.some((field) => field.name === name))).toEqual([]);
});

test('docs/gitlab-runner.md has options that there are', () => {
  const options = [...text('gitlab-runner.md').matchAll(/^ *"([a-z-]+)=[^"]+",$/gm)].map(([, name]) => name);
  expect(options.length).toBeGreaterThan(5);
  expect(options.filter((option) => !OPTION_LIST.some(({ name }) => name === option))).toEqual([]);
});
