import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine } from '../../src/simulator/command-line/settings.js';
import { parsePcVersion } from '../../src/simulator/core/pc-version.js';
import { mountsOfV4 } from '../../src/simulator/v4/mounts.js';
import { routesOfV3 } from '../../src/simulator/v3/routes.js';
import { Store } from '../../src/simulator/core/store/store.js';
import type { World } from '../../src/simulator/core/world.js';
import { parseLimits } from '../../src/simulator/http/api-limits.js';
import { started } from './running.js';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'simulator.md'), 'utf8');
const documented = new Set(
  [...page.matchAll(/`((?:GET|POST|PUT|DELETE) \/[^`\s]*)`/g)].map(([, label]) => label),
);

describe('docs/simulator.md', () => {
  test('names every endpoint, and no other', () => {
    // Routes are only listed, never called: of a world no more than its store is looked at.
    const send = () => Promise.reject(new Error('nothing is sent'));
    const known = new Set(
      routesOfV3({ store: new Store() } as World, send).map(({ method, path }) => `${method} ${path}`),
    );
    const api = [...documented].filter((label) => label?.includes(' /simulator/') === false);
    expect([...known].filter((label) => !documented.has(label))).toEqual([]);
    expect(api.filter((label) => !known.has(label ?? ''))).toEqual([]);
  });

  test('names the families of all endpoints of API v4', () => {
    const world: Pick<World, 'store' | 'version' | 'users'> = {
      store: new Store(),
      version: parsePcVersion('pc.7.6'),
      users: [],
    };
    const families = [...page.matchAll(/^\| `(\/[^`]*)` /gm)].map(([, family = '']) => family);
    const known = mountsOfV4(world as World)
      .filter(({ label }) => !label.endsWith('/unversioned'))
      .flatMap(({ label, routes }) => routes.map(({ path }) => `${label}${path}`));
    expect(known.length).toBeGreaterThan(60);
    expect(known.filter((path) => !families.some((family) => `${path}/`.startsWith(`${family}/`)))).toEqual(
      [],
    );
  });

  test('names every option', () => {
    const help = parseCommandLine(['--help'], { version: '', isRoot: false });
    const options = [...(help.kind === 'print' ? help.text : '').matchAll(/^ {2}(--[a-z\d-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(options.length).toBeGreaterThan(15);
    const others = ['--version', '--help'];
    expect(
      options.filter((name) => !page.includes(`\`${name ?? ''}\``) && !others.includes(name ?? '')),
    ).toEqual([]);
  });

  test('its examples of fault rules are such', async () => {
    const { parse } = await import('yaml');
    const { parseFaultRules } = await import('../../src/simulator/index.js');
    const examples = [...page.matchAll(/```yaml\n(- .*?)```/gs)].map(([, text = '']) => text);
    expect(examples.map((text) => parseFaultRules(parse(text), 'an example').length)).toEqual([2, 3]);
  });

  test('its example of limits is one', async () => {
    const { parse } = await import('yaml');
    const [, example = ''] = /```yaml\n(all: .*?)```/s.exec(page) ?? [];
    expect(parseLimits(parse(example), 'the example')).toMatchObject({ all: 30, retryAfter: false });
  });

  test('its inventory is the one that is there', async () => {
    const { simulator, api } = await started();
    expect(simulator.vms()).toEqual([]);
    for (const kind of ['clusters', 'subnets', 'images', 'projects', 'categories']) {
      const { body } = await api.call('POST', `/${kind}/list`, {});
      for (const [, name] of JSON.stringify(body).matchAll(/"name":"([^"]+)"/g)) {
        if (!['admin', 'NOS', 'NCC'].includes(name ?? '')) expect(page).toContain(`\`${name ?? ''}\``);
      }
    }
  });
});
