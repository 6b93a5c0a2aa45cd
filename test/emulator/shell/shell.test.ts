import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
beforeEach(() => ({ system } = runningSystem()));

/** What a real shell of another machine cannot say; all else is in shell-truth.test.ts. Command, output. */
const TABLE: readonly (readonly [string, string])[] = [
  ['cd /etc; echo os-rel*; echo /etc/host[ns]*', 'os-release\n/etc/hostname /etc/hosts\n'],
  ['echo ~ ~nobody/x "~"', '/root /nonexistent/x ~\n'],
];

for (const [command, out] of TABLE) {
  test(command, async () => {
    expect(await run(system, command)).toMatchObject({ out, status: 0 });
  });
}

describe('messages are those of the real shells', () => {
  test.each([
    ['nosuch', 'bash: line 1: nosuch: command not found\n', 127],
    ['true\nnosuch', 'bash: line 2: nosuch: command not found\n', 127],
    ['sh -c nosuch', 'sh: 1: nosuch: not found\n', 127],
    ['type docker', 'bash: line 1: type: docker: not found\n', 1],
    ['cat < /nope', 'bash: line 1: /nope: No such file or directory\n', 1],
    ['/etc/passwd', 'bash: line 1: /etc/passwd: Permission denied\n', 126],
    ['/nope', 'bash: line 1: /nope: No such file or directory\n', 127],
    ['/tmp', 'bash: line 1: /tmp: Is a directory\n', 126],
    ['cd /nope', 'bash: line 1: cd: /nope: No such file or directory\n', 1],
    ['if true', 'bash: -c: line 2: syntax error: unexpected end of file\n', 2],
    ['echo )', "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo )'\n", 2],
    ['cat /nope', 'cat: /nope: No such file or directory\n', 1],
  ])('%s', async (command, err, status) => {
    expect(await run(system, command)).toMatchObject({ err, status });
  });
});

test('programs of bash read what the script before them left of the input', async () => {
  const { out } = await run(
    system,
    'bash',
    'root',
    'read x\nfrom the input\necho "got $x"\ncat\nrest 1\nrest 2\n',
  );
  expect(out).toBe('got from the input\nrest 1\nrest 2\n');
});

test('a script file runs by its first line', async () => {
  const { out } = await run(
    system,
    'printf "#!/bin/bash\\necho \\"$0 \\$1\\"" > /tmp/s; chmod +x /tmp/s; /tmp/s arg',
  );
  expect(out).toBe('bash arg\n');
});
