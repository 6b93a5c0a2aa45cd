import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerCommand, buildInfo, describeBuild, explanation } from '../../../src/fleeting/index.js';
import { repositoryPath } from '../../../src/fleeting/program/plugin-folder.js';

const NAME = 'fleeting-plugin-nutanix';
const on = { versions: { bun: '1.4.5', node: '24' }, platform: 'linux', arch: 'x64' };
const revision = { commit: '5a51e98c1f20', committed: '2026-11-29T21:31:54Z' };
const build = describeBuild(NAME, '1.2.3', on, revision);

let folder: string;
let executable: string;
let plugins: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
  executable = join(folder, NAME);
  plugins = join(folder, 'plugins');
  writeFileSync(executable, 'the program', { mode: 0o700 });
  writeFileSync(join(folder, 'what else is there'), '');
  mkdirSync(plugins);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Said {
  readonly exitCode: number;
  readonly printed: string;
  readonly complaints: readonly string[];
}

async function say(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  name = NAME,
): Promise<Said> {
  let printed = '';
  const complaints: string[] = [];
  const exitCode = await answerCommand({
    args,
    environment: { FLEETING_PLUGIN_PATH: plugins, ...variables },
    build,
    program: { executable, name },
    print: (text) => void (printed += text),
    complain: (line) => complaints.push(line),
  });
  return { exitCode, printed, complaints };
}

test.each(['version', '-version', '--version', '-V'])("%s is told in GitLab's form", async (word) => {
  expect(await say([word])).toEqual({
    exitCode: 0,
    printed: [
      'Name:         fleeting-plugin-nutanix',
      'Version:      1.2.3',
      'Git revision: 5a51e98c1f20',
      'Git ref:      not recorded',
      'GO version:   none (Bun 1.4.5)',
      'Built:        2026-11-29T21:31:54Z',
      'OS/Arch:      linux/amd64',
      '',
    ].join('\n'),
    complaints: [],
  });
});

test.each([
  [
    { versions: { node: '24.1.0' }, platform: 'win32', arch: 'arm64' },
    'runtime=Node 24.1.0; os_arch=windows/arm64',
  ],
  [{ versions: { bun: '1.4.5' }, platform: 'darwin', arch: 'ia32' }, 'runtime=Bun 1.4.5; os_arch=darwin/386'],
])('%j is told as Go tells it', (process, text) => {
  expect(buildInfo(describeBuild(NAME, '1', process, undefined))).toBe(text);
  expect(buildInfo(describeBuild(NAME, '1', process, revision))).toBe(
    `sha=5a51e98c1f20; built_at=2026-11-29T21:31:54Z; ${text}`,
  );
});

test('a build that was made outside a checkout says so', async () => {
  let printed = '';
  const complain = (): void => undefined;
  const unknown = describeBuild(NAME, '1', on, undefined);
  const print = (text: string): void => void (printed += text);
  await answerCommand({
    args: ['version'],
    environment: {},
    build: unknown,
    program: undefined,
    print,
    complain,
  });
  expect(printed).toMatch(/^Git revision: not recorded$[^]*^Built: {8}not recorded$/m);
});

test('help names the commands and what the runner needs; a user who starts the plugin is told of it', async () => {
  const { exitCode, printed } = await say(['--help']);
  expect(exitCode).toBe(0);
  expect(printed).toMatch(
    /bootstrap REPOSITORY[^]*\[runners\.autoscaler\.plugin_config\][^]*NUTANIX_PASSWORD/,
  );
  expect(explanation({ name: NAME, version: '1.2.3' })).toContain(`plugin = "${NAME}"`);
});

test.each([
  [['serv'], 'there is no command "serv"'],
  [['bootstrap'], 'bootstrap takes one repository'],
  [['bootstrap', 'a', 'b'], 'bootstrap takes one repository'],
])('%j is refused, and what there is is named', async (args, problem) => {
  const { exitCode, printed, complaints } = await say(args);
  expect({ exitCode, printed }).toEqual({ exitCode: 2, printed: '' });
  expect(complaints).toEqual([expect.stringContaining(problem)]);
  expect(complaints[0]).toContain('there are version, bootstrap REPOSITORY and help');
});

/** The table of GitLab's own plugins, and what else the runner takes. */
test.each([
  ['index.docker.io/namespace/project', 'index.docker.io/namespace/project'],
  ['namespace/no-registry', 'registry.gitlab.com/namespace/no-registry'],
  ['long/namespace/no-registry', 'registry.gitlab.com/long/namespace/no-registry'],
  ['nutanix', 'registry.gitlab.com/gitlab-org/fleeting/plugins/nutanix'],
  ['nutanix:1.0.0', 'registry.gitlab.com/gitlab-org/fleeting/plugins/nutanix'],
  ['registry.gitlab.com/a/project:1.2.3', 'registry.gitlab.com/a/project'],
])('%s is looked for as %s', (repository, path) => {
  expect(repositoryPath(repository)).toBe(path);
});

test('bootstrap copies the program alone, under the name that the runner starts, and says where', async () => {
  const target = join(plugins, '!ci.example.com', '!group', 'nutanix', '1.2.3');
  expect(await say(['bootstrap', 'Ci.example.com/Group/nutanix:latest'])).toEqual({
    exitCode: 0,
    printed: `${target}\n`,
    complaints: [],
  });
  expect(readdirSync(target)).toEqual(['plugin']);
  expect(readFileSync(join(target, 'plugin'), 'utf8')).toBe('the program');
  expect(statSync(join(target, 'plugin')).mode & 0o777).toBe(0o755);
  expect(readdirSync(plugins)).toEqual(['!ci.example.com']);
});

test('bootstrap copies what stands beside the program when the starter has started it, and no folder', async () => {
  const started = join(folder, 'plugin');
  writeFileSync(started, 'the starter', { mode: 0o700 });
  writeFileSync(join(folder, 'libc.so.6'), 'the library', { mode: 0o600 });
  const { printed } = await say(['bootstrap', 'nutanix'], {}, started);
  const target = printed.trim();
  const names = [NAME, 'libc.so.6', 'plugin', 'what else is there'];
  expect(readdirSync(target).sort()).toEqual(names);
  expect(names.map((name) => statSync(join(target, name)).mode & 0o777)).toEqual([
    0o755, 0o644, 0o755, 0o644,
  ]);
  expect(readFileSync(join(target, 'plugin'), 'utf8')).toBe('the starter');
});

test.each(['plugin', '/elsewhere/plugin', NAME])(
  'what stands beside a program started as %s is none of it',
  async (name) => {
    writeFileSync(join(folder, 'plugin'), 'another program');
    const { printed } = await say(['bootstrap', 'nutanix'], {}, name);
    expect(readdirSync(printed.trim())).toEqual(['plugin']);
    expect(readFileSync(join(printed.trim(), 'plugin'), 'utf8')).toBe('the program');
  },
);

test('what is installed already stays as it is, also when several install it at once', async () => {
  const [one, ...others] = await Promise.all(Array.from({ length: 5 }, () => say(['bootstrap', 'nutanix'])));
  for (const other of others) expect(other).toEqual(one);
  expect(one?.exitCode).toBe(0);
  writeFileSync(executable, 'another program');
  await say(['bootstrap', 'nutanix']);
  expect(readFileSync(join(one?.printed.trim() ?? '', 'plugin'), 'utf8')).toBe('the program');
  expect(readdirSync(plugins)).toEqual(['registry.gitlab.com']);
});

test('a package of another version is told of', async () => {
  const { exitCode, complaints } = await say(['bootstrap', 'nutanix'], {
    FLEETING_PLUGIN_PKG_VERSION: '1.2.4',
  });
  expect(exitCode).toBe(0);
  expect(complaints).toEqual([`${NAME}: the package says version "1.2.4", and this is 1.2.3`]);
  expect((await say(['bootstrap', 'nutanix'], { FLEETING_PLUGIN_PKG_VERSION: '1.2.3' })).complaints).toEqual(
    [],
  );
});

test.each([
  ['registry.example.com:5000/nutanix', {}, /"registry\.example\.com:5000\/nutanix" cannot be .* no port/],
  ['registry.example.com/../nutanix', {}, /cannot be the folder of a plugin/],
  ['registry.example.com//nutanix', {}, /cannot be the folder of a plugin/],
  ['', {}, /cannot be the folder of a plugin/],
  [
    'nutanix',
    { FLEETING_PLUGIN_PATH: '/no/such/folder' },
    /\/no\/such\/folder is not there; FLEETING_PLUGIN_PATH/,
  ],
])('bootstrap %j with %j is refused, and nothing is made', async (repository, variables, text) => {
  const { exitCode, printed, complaints } = await say(['bootstrap', repository], variables);
  expect({ exitCode, printed }).toEqual({ exitCode: 1, printed: '' });
  expect(complaints).toEqual([expect.stringMatching(text)]);
  expect(readdirSync(plugins)).toEqual([]);
});

test('the folder of containers is told with what they need', async () => {
  const { exitCode, complaints } = await say(['bootstrap', 'nutanix'], { FLEETING_PLUGIN_PATH: '' });
  expect(exitCode).toBe(1);
  expect(complaints).toEqual([
    `${NAME}: install this plugin as "nutanix": the folder of plugins /plugins is not there; ` +
      'FLEETING_PLUGIN_PATH names another one, and a container needs a volume there',
  ]);
});

test('where another program runs it there is nothing to copy', async () => {
  const complaints: string[] = [];
  const asked = { args: ['bootstrap', 'nutanix'], environment: {}, build, print: () => undefined };
  const complain = (line: string): number => complaints.push(line);
  expect(await answerCommand({ ...asked, program: undefined, complain })).toBe(1);
  expect(complaints).toEqual([expect.stringContaining('Use the executable of a release.')]);
});
