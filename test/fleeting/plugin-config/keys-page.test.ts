import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysMarkdown } from '../../../src/fleeting/plugin-config/index.js';
import { settingsOf } from './requests.js';

const PAGE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'fleeting.md'), 'utf8');

/** Table rows without the padding that the formatter adds. */
function rowsOf(markdown: string): string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/\s+\|/g, ' |').replaceAll(/\|\s+/g, '| '));
}

test('docs/fleeting.md has the keys that are accepted and those that are refused (make docs writes them)', () => {
  const section = /<!-- keys:[^>]*-->([^]*?)<!-- \/keys -->/.exec(PAGE)?.[1] ?? '';
  expect(rowsOf(section)).toEqual(rowsOf(keysMarkdown()));
  expect(rowsOf(section).length).toBeGreaterThan(40);
});

/** The tables of the page's config.toml. Its values are written as in JSON. */
function tablesOf(toml: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const tables = toml.split(/^\s*\[/m).slice(1);
  return new Map(
    tables.map((table) => {
      const [name = '', ...lines] = table.split('\n');
      const pairs = lines.flatMap((line) => {
        const [, key = '', value = ''] = /^\s*(\w+) = (.*)$/.exec(line) ?? [];
        return key === '' ? [] : [[key, JSON.parse(value) as unknown] as const];
      });
      return [name.replace(']', ''), Object.fromEntries(pairs)];
    }),
  );
}

test('the example is a group that the plugin accepts, with its files in place', async () => {
  const tables = tablesOf(/```toml\n([^]*?)```/.exec(PAGE)?.[1] ?? '');
  const {
    credentials_file: credentials,
    ca_file: authority,
    ...config
  } = tables.get('runners.autoscaler.plugin_config') ?? {};
  expect([credentials, authority]).toEqual([expect.any(String), expect.any(String)]);
  const { username } = tables.get('runners.autoscaler.connector_config') ?? {};
  const settings = await settingsOf({ config, connector: { username: String(username) } });
  expect(settings).toMatchObject({
    name: 'ci',
    maxSize: tables.get('runners.autoscaler')?.['max_instances'],
  });
  expect(settings.specFor('ci-1')).toMatchObject({
    ssh: { user: 'ci' },
    vm: { sockets: 4, memoryMiB: 8192 },
  });
});
