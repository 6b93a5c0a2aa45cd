import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { ROOT } from './machine.js';
import { start } from './run.js';

/** What each plugin may have loaded until its address line, of ours. */
const PLUGINS = [
  {
    name: 'docker-machine-driver-nutanix',
    cookie: { MACHINE_PLUGIN_TOKEN: '42' },
    line: /^127\.0\.0\.1:\d+\n/,
    front: ['gob', 'host/rules', 'libmachine', 'netrpc', 'session', 'settings'],
    late: new Array<string>(),
  },
  {
    name: 'fleeting-plugin-nutanix',
    cookie: { FLEETING_INSTANCE_GROUP_PLUGIN: '4c6410b1-cb78-4962-8c76-ab936d0ea908' },
    line: /^1\|0\|unix\|.*\|grpc\|\n/,
    front: ['go-plugin'],
    // The packaged runtime takes longer to load it than all else, and listens without it.
    late: ['net'],
  },
];

/**
 * docker-machine starts a plugin for every machine, one after the other, so what is loaded before the address
 * line decides how long an `ls` takes; GitLab's runner waits for its plugin's. The times themselves are measured by
 * `make bench` and `make bench-fleeting`.
 */
describe.each(PLUGINS)('when the address line of $name is written', ({ name, cookie, line, front, late }) => {
  const folder = mkdtempSync(join(tmpdir(), 'start-up-'));
  let modules: string[];

  beforeAll(async () => {
    const report = join(folder, 'modules');
    const plugin = join(ROOT, 'dist', 'node', 'bin', `${name}.js`);
    const running = start('node', ['--require', join(__dirname, 'report-modules.cjs'), plugin], {
      env: { PATH: process.env['PATH'], TMPDIR: folder, MODULES_REPORT: report, ...cookie },
    });
    await running.seen(line);
    running.killGroup();
    await running.outcome;
    modules = readFileSync(report, 'utf8').split('\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('no package is loaded', () => {
    expect(modules.filter((path) => path.includes(`${sep}node_modules${sep}`))).toEqual([]);
  });

  test('of ours, only the front end is', () => {
    const build = join(ROOT, 'dist', 'node');
    const own = modules
      .filter((path) => path.startsWith(build))
      .map((path) => relative(build, dirname(path)).split(sep).join('/'))
      .map((folder) => (folder === 'host/rules' ? folder : folder.split('/')[0]));
    expect(own.length).toBeGreaterThan(1);
    const allowed = [...front, 'bin', 'logging', 'process', 'support'];
    expect([...new Set(own)].filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
  });

  test("of Node's own, nothing that speaks HTTP or TLS", () => {
    const heavy = ['tls', 'https', 'http', 'http2', 'zlib', 'worker_threads', 'readline'];
    expect(modules.filter((name) => heavy.includes(name.replace('node:', '')))).toEqual([]);
  });

  test('no file begins with loading what the packaged runtime does without', () => {
    const own = modules.filter((path) => path.startsWith(join(ROOT, 'dist', 'node')));
    const begun = own.flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(/^(?:const \w+ = )?require\("(?:node:)?([\w/]+)"\)/gm),
    ]);
    const loaded = begun.map(([, module = '']) => module);
    expect(loaded).toContain('fs');
    expect(loaded.filter((module) => late.includes(module))).toEqual([]);
  });
});
