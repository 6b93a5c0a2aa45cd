import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OPTION_LIST } from '../src/settings/options/table.js';
import { optionsMarkdown } from '../src/settings/options/reference.js';
import { machineNameProblem } from '../src/settings/options/checks.js';

const ROOT = join(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Table rows without the padding that the formatter adds. */
function rowsOf(markdown: string): string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| `--'))
    .map((line) => line.replaceAll(/\s+\|/g, ' |').replaceAll(/\|\s+/g, '| '));
}

describe('docs/options.md', () => {
  it('has the tables of options that the driver answers with (make docs writes them)', () => {
    const page = readFileSync(join(ROOT, 'docs', 'options.md'), 'utf8');
    const section = /<!-- options:[^>]*-->([^]*?)<!-- \/options -->/.exec(page)?.[1] ?? '';
    expect(rowsOf(section)).toEqual(rowsOf(optionsMarkdown()));
    expect(rowsOf(section).length).toBeGreaterThan(20);
  });
});

describe('README.md', () => {
  it('leaves the tables of options to docs/options.md, and names the options that are required', () => {
    const listed = OPTION_LIST.filter(({ name }) =>
      rowsOf(README).some((row) => row.startsWith(`| \`--${name}\` |`)),
    );
    expect(listed).toEqual([]);
    const required = OPTION_LIST.filter((option) => option.required).map((option) => option.name);
    for (const name of required) expect(README).toContain(`--${name}`);
  });

  it('is short', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(151);
  });

  it('configures GitLab Runner with options that the driver has, all that are required, and names that fit', () => {
    const [, toml = ''] = /```toml\n([^]*?)```/.exec(README) ?? [];
    const set = [...toml.matchAll(/"(nutanix-[a-z-]+)=/g)].map(([, name = '']) => name);
    const options = new Map<string, boolean>(
      OPTION_LIST.map(({ name, required }) => [name, required === true]),
    );
    expect(set.filter((name) => !options.has(name))).toEqual([]);
    const required = [...options].filter(([, isRequired]) => isRequired).map(([name]) => name);
    expect(set).toEqual(expect.arrayContaining(required));

    const pattern = /MachineName = "(.*)"/.exec(toml)?.[1] ?? '';
    const [example = ''] = /`runner-\w+-ci[^`]*`/.exec(README) ?? [];
    const [, token = '', unique = ''] = /^`runner-(\w+)-ci-(\d{10}-[0-9a-f]{8})`$/.exec(example) ?? [];
    expect(token).toHaveLength(9);
    const named = (name: string): string => `runner-${token}-${name.replace('%s', unique)}`;
    expect(example).toBe(`\`${named(pattern)}\``);
    const [, left = ''] = /short token of 9 characters, (\d+) are\s+left/.exec(README) ?? [];
    const problem = (length: number): string | undefined =>
      machineNameProblem(named(`${'a'.repeat(length)}%s`));
    expect(problem(Number(left))).toBeUndefined();
    expect(problem(Number(left) + 1)).toContain('has a part of 64 characters');
    expect(problem(Number(left) + 2)).toContain('has 65 characters');
  });

  it('names every make target of its quick start', () => {
    const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8');
    const targets = [...README.matchAll(/^make ([a-z-]+)/gm)].map((match) => match[1] ?? '');
    expect(targets).toEqual(expect.arrayContaining(['demo', 'test', 'install']));
    for (const target of targets) expect(makefile).toMatch(new RegExp(`^${target}:.*##`, 'm'));
  });
});

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);

/** The names under which a page's headings can be linked to. */
function anchorsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('has no dead link, neither to a file nor to a heading', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)]*))?\)/g)];
    const dead = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? page : join(dirname(page), file);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it('names no option of the driver that it does not have', () => {
    const options: string[] = OPTION_LIST.map(({ name }) => name);
    const named = [...text.matchAll(/(?<![\w-])--?(nutanix-[a-z-]+[a-z])/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !options.includes(name))).toEqual([]);
  });
});

describe('docs/dependencies.md', () => {
  it('gives a reason for every package', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const text = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');
    const listed = [...text.matchAll(/^\| ([^|]+?) +\|/gm)].flatMap((match) => (match[1] ?? '').split(', '));
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !listed.includes(name),
    );
    expect(missing).toEqual([]);
  });
});
