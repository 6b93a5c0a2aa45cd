import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OPTION_LIST, optionsMarkdown } from '../src/libmachine/index.js';

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

  it.each([
    'README.md',
    ...readdirSync(join(ROOT, 'docs'))
      .flatMap((name) => `docs/${name}`)
      .filter((name) => name.endsWith('.md')),
  ])('%s has no dead link', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const dead = links.filter((link) => !existsSync(join(ROOT, dirname(file), link)));
    expect(dead).toEqual([]);
  });

  it('names every make target of its quick start', () => {
    const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8');
    const targets = [...README.matchAll(/^make ([a-z-]+)/gm)].map((match) => match[1] ?? '');
    expect(targets).toEqual(expect.arrayContaining(['demo', 'test', 'install']));
    for (const target of targets) expect(makefile).toMatch(new RegExp(`^${target}:.*##`, 'm'));
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
