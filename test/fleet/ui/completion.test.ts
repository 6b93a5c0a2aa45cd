import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const FILE = 'name: x\ngroups: [{ name: "web-{1..3}" }, { name: db, count: 2 }, { name: one }]\n';

/** The scripts in the shells themselves; hosts are asked of the program, whose sources run. */
describe('completion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  const path = [join(folder, 'bin'), process.env['PATH'] ?? ''].join(':');
  const env = { PATH: path, HOME: folder };
  const options = { cwd: folder, env, encoding: 'utf8' } as const;

  beforeAll(() => {
    mkdirSync(join(folder, 'bin'));
    const program = join(folder, 'bin', 'nutanix-hosts');
    const [bun, source] = [join(ROOT, 'node_modules/.bin/bun'), join(ROOT, 'src/bin/nutanix-hosts.ts')];
    writeFileSync(program, `#!/bin/sh\nexec '${bun}' '${source}' "$@"\n`);
    chmodSync(program, 0o755);
    writeFileSync(join(folder, 'hosts.yaml'), FILE);
    writeFileSync(join(folder, 'my hosts.yaml'), 'name: z\ngroups: [{ name: mine }]\n');
    writeFileSync(join(folder, 'other.yaml'), 'name: y\ngroups: [{ name: far-1 }, { name: [half');
    writeFileSync(
      join(folder, 'mine.yaml'),
      'name: y\nconnection: { password-env: NONE }\ngroups: [{ name: mine }, 7, { name: "$(touch hit)" }, { name: "a b" }]\n',
    );
    for (const shell of ['bash', 'zsh', 'fish']) {
      writeFileSync(join(folder, shell), execFileSync(program, ['completion', shell], options));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What bash offers for the last word. */
  function inBash(...words: string[]): string[] {
    const script = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nutanix_hosts; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', script, 'bash', 'nutanix-hosts', ...words], options);
    return output.split('\n').filter((line) => line !== '');
  }

  test.each<[string[], string[]]>([
    [['ap'], ['apply']],
    [['c'], ['completion']],
    [['ho'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['apply', '--re'],
      ['--recreate', '--resize'],
    ],
    [['init', '--im'], ['--image']],
    [['init', '--cluster', ''], []],
    [['apply', '-f', 'mi'], ['mine.yaml']],
    [['apply', '--file', '=', 'mi'], ['mine.yaml']],
    [
      ['ssh', ''],
      ['web-1', 'web-2', 'web-3', 'db-1', 'db-2', 'one'],
    ],
    [
      ['ssh', 'web-'],
      ['web-1', 'web-2', 'web-3'],
    ],
    [['ssh', 'web-1', ''], []],
    [['ssh', '-f', 'mine.yaml', ''], ['mine']],
    [['env', '--file', '=', './mine.yaml', 'm'], ['mine']],
    [['env', '-f', '~/mine.yaml', 'm'], ['mine']],
    [['ssh', '-f', 'other.yaml', ''], []],
    [['ssh', '-f', 'my\\ hosts.yaml', ''], ['mine']],
    [['ssh', '--file', '=', "'my hosts.yaml'", ''], ['mine']],
    [['ssh', '-f', '"my hosts.yaml"', ''], ['mine']],
    [
      ['adopt', 'web-1', 'd'],
      ['db-1', 'db-2'],
    ],
    [['orphans', '--older-than', ''], []],
  ])('bash: %j', (words, expected) => {
    expect(inBash(...words)).toEqual(expected);
  });

  test('nothing in a file is run', () => {
    inBash('ssh', '-f', 'mine.yaml', '');
    expect(spawnSync('ls', ['hit'], options).status).not.toBe(0);
  });

  const has = (shell: string): boolean => spawnSync('which', [shell]).status === 0;

  (has('fish') ? test : test.skip)('fish, where it is installed', () => {
    const offered = (line: string): string[] =>
      execFileSync('fish', ['--no-config', '-c', `source ./fish; complete -C '${line}'`], options)
        .split('\n')
        .flatMap((one) => one.split('\t')[0] ?? '')
        .filter((one) => one !== '')
        .sort();
    expect(offered('nutanix-hosts ap')).toEqual(['apply']);
    expect(offered('nutanix-hosts ssh web-')).toEqual(['web-1', 'web-2', 'web-3']);
    expect(offered('nutanix-hosts env -f mine.yaml ')).toEqual(['mine']);
    expect(offered('nutanix-hosts completion z')).toEqual(['zsh']);
    expect(offered('nutanix-hosts apply --rec')).toEqual(['--recreate']);
  });

  (has('zsh') ? test : test.skip)('zsh, where it is installed', () => {
    // A shell with a line editor in a pseudo-terminal of its own, which completes at the tab.
    const script = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z 'PS1=; autoload -U compinit; compinit -D -u; source ./zsh; zstyle ":completion:*" list false; echo rea""dy'
      zpty -r -m z seen '*ready*'
      zpty -w -n z $'echo \\C-a\\C-knutanix-hosts env d\\t'; zpty -r -m z seen '*env db-*'; print -r -- done`;
    const { stdout } = spawnSync('zsh', ['-fc', script], { ...options, timeout: 120_000 });
    expect(stdout).toContain('done');
  });
});
