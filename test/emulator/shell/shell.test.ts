import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
beforeEach(() => ({ system } = runningSystem()));

/** command, standard output, status if it is not 0 */
const TABLE: readonly (readonly [string, string, number?])[] = [
  ['echo \'a  b\' "c $HOME" d\\ e', 'a  b c /root d e\n'],
  ['x=1; y=$x$x; echo ${y}2 ${z:-none} ${x:+set} ${#y}', '112 none set 2\n'],
  ['f=a/b/c.tar.gz; echo ${f#*/} ${f##*/} ${f%.*} ${f%%.*}', 'b/c.tar.gz c.tar.gz a/b/c.tar a/b/c\n'],
  ['echo ${u:=given}; echo $u', 'given\ngiven\n'],
  ['echo $((2 + 3 * (4 - 1))) $((7 / 2)) $((7 % 4)) $((1 << 4)) $((3 > 2 && 2 > 3))', '11 3 3 16 0\n'],
  ['n=5; echo $((n += 2)) $n', '7 7\n'],
  ['echo $(echo a; echo b) "$(printf "c\\nd\\n\\n")"', 'a b c\nd\n'],
  ['echo `echo \\`echo nested\\``', 'nested\n'],
  ['set -- "a b" c; for i in "$@"; do echo "<$i>"; done; echo $# $*', '<a b>\n<c>\n2 a b c\n'],
  ['for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && break; done; echo $i', '2\n'],
  ['i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i', '2\n'],
  ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
  ['case foo.txt in *.md|*.rst) echo doc;; *.txt) echo text;; *) echo other;; esac', 'text\n'],
  ['case x in [a-c]) echo low;; [!a-c]) echo high;; esac', 'high\n'],
  ['false && echo a || echo b; true && echo c', 'b\nc\n'],
  ['! false && echo yes', 'yes\n'],
  ['echo a | tr a b | sed s/b/c/', 'c\n'],
  ['(cd /tmp; pwd; x=inner); pwd; echo "[$x]"', '/tmp\n/root\n[]\n'],
  ['{ echo a; echo b; } > /tmp/f; cat /tmp/f', 'a\nb\n'],
  ['f() { local x=$1; echo "f $x $#"; return 3; }; x=outer; f 1 2; echo $? $x', 'f 1 2\n3 outer\n'],
  ['cat <<EOF\n$HOME `echo x` \\$y\nEOF', '/root x $y\n'],
  ["cat <<'EOF'\n$HOME\nEOF", '$HOME\n'],
  ['if true; then\n\tcat <<-EOF\n\tin\n\tEOF\nfi', 'in\n'],
  ['cat <<< "here $((1+1))"', 'here 2\n'],
  ['echo out; echo err >&2', 'out\n'],
  ['ls /nope 2>&1 | grep -c such', '1\n'],
  ['echo a > /tmp/x; echo b >> /tmp/x; wc -l < /tmp/x', '2\n'],
  ['touch /tmp/a1 /tmp/a2 /tmp/.h; cd /tmp; echo a* "a*" .h* none*', 'a1 a2 a* .h none*\n'],
  ['cd /etc; echo os-rel*; echo /etc/host[ns]*', 'os-release\n/etc/hostname /etc/hosts\n'],
  ['echo ~ ~nobody/x "~"', '/root /nonexistent/x ~\n'],
  ["printf '%s-%03d|%x\\n' a 7 255; printf '%s' 'no newline'", 'a-007|ff\nno newline'],
  ["printf '%s\\n' a b c", 'a\nb\nc\n'],
  ["printf '%b' 'a\\tb'; printf 'x%%\\n'", 'a\tbx%\n'],
  ["echo -e 'a\\tb'; echo -n c", 'a\tb\nc'],
  ['[[ abc == a* && ! -e /nope ]] && echo yes; [[ a1 =~ ^[a-z][0-9]$ ]] && echo match', 'yes\nmatch\n'],
  ['[ -f /etc/passwd -a ! -d /etc/passwd ] && test -n "x" && echo ok', 'ok\n'],
  ['[ 1 -eq 1 ] && [ 10 -gt 9 ] && [ "a" != "b" ] && echo ok', 'ok\n'],
  ['x="a:b:c"; IFS=:; for i in $x; do echo $i; done', 'a\nb\nc\n'],
  ['echo "a b" | while read -r first rest; do echo "$rest $first"; done', 'b a\n'],
  ['eval "x=5; echo \\$x"', '5\n'],
  ["sh -c 'echo $0 $1' name arg", 'name arg\n'],
  ['true; echo $?; false; echo $?', '0\n1\n'],
  ['set -e; false; echo never', '', 1],
  ['set -e; if false; then :; fi; false || true; echo reached', 'reached\n'],
  ['set -u; echo ${nope}', '', 127],
  ['set -o pipefail; false | true; echo $?', '1\n'],
  ['exit 7; echo never', '', 7],
  ['(exit 3); echo $?', '3\n'],
  ['x=1 env | grep ^x=; echo "[$x]"', 'x=1\n[]\n'],
  ['export A=1; sh -c "echo $A \\$A"', '1 1\n'],
  ['unset HOME; echo "[${HOME-gone}]"', '[gone]\n'],
  ['command -v ls; command -v nothing || echo none', '/usr/bin/ls\nnone\n'],
  ['echo one # comment\necho two', 'one\ntwo\n'],
  ['echo a \\\n  b', 'a b\n'],
  ['sleep 100 & wait; echo done', 'done\n'],
  ['type type; type -t x', 'type is a shell builtin\n', 1],
  ['x=$(false); echo $?', '1\n'],
  ['a=1; a=2 true; echo $a', '1\n'],
  ['exec > /tmp/log 2>&1; echo a; nosuch; cat /tmp/log >/dev/null', '', 0],
  ['(exec > /tmp/l; echo in); echo out; cat /tmp/l', 'out\nin\n'],
  ['exec > >(sed s/^/log:/) 2>&1; echo a; echo b >&2', 'log:a\nlog:b\n'],
  ['cat <(echo one) <(echo two); sort < <(printf "b\\na\\n")', 'one\ntwo\na\nb\n'],
  ['echo x > >(cat > /tmp/p); wait', ''],
  [
    'v=a.b.c; echo ${v/./-} ${v//./-} ${v//[abc]} ${v/#x/y} ${v:2} ${v:0:1} ${v: -1}',
    'a-b.c a-b-c .. a.b.c b.c a c\n',
  ],
  [
    'echo {a,b}{1,2} pre{x,y}post {1..3} {c..a} {one} "{a,b}" {}',
    'a1 a2 b1 b2 prexpost preypost 1 2 3 c b a {one} {a,b} {}\n',
  ],
  ['mkdir -p /tmp/{a,b}/c; ls /tmp', 'a\nb\n'],
  [
    'i=1; ((i++ < 5)) && ((i = i + 1)); (( i == 3 )) && echo $((--i + i--)) $i; ((0)) || echo zero',
    '4 1\nzero\n',
  ],
];

for (const [command, out, status = 0] of TABLE) {
  test(command, async () => {
    expect(await run(system, command)).toMatchObject({ out, status });
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
    ['if true', 'bash: line 1: syntax error: unexpected end of file\n', 2],
    ['echo )', "bash: line 1: syntax error near unexpected token `)'\n", 2],
    ['cat /nope', 'cat: /nope: No such file or directory\n', 1],
  ])('%s', async (command, err, status) => {
    expect(await run(system, command)).toMatchObject({ err, status });
  });
});

test('programs read what the script before them left of the input', async () => {
  const { out } = await run(
    system,
    'sh',
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
