import { run, runningSystem } from './running-system.js';

/** None of these may end the process, hold it up for long, or take memory without end. */
test.each([
  ['a loop without end', 'while :; do :; done', 137],
  ['another', 'until false; do true; done', 137],
  ['a function that calls itself', 'f() { f; }; f', 137],
  ['shells in shells', 'cat > /tmp/s <<"E"\n#!/bin/sh\n/tmp/s\nE\nchmod +x /tmp/s; /tmp/s', 137],
  ['a script that reads itself', 'echo ". /tmp/s" > /tmp/s; . /tmp/s', 137],
  ['an eval of itself', 'x=\'eval "$x"\'; eval "$x"', 137],
  ['subshells in subshells', 'f() { (f); }; f', 137],
  ['substitutions in substitutions', 'f() { echo $(f); }; f', 137],
  ['jobs that make jobs', 'f() { f & f & }; f; wait', undefined],
  ['pipes that make pipes', 'f() { f | f; }; f', 137],
  ['a value that doubles', 'x=x; while :; do x=$x$x; done', 127],
  ['output without end', 'cat /dev/zero > /dev/null', 137],
  ['output that nobody can keep', 'x=$(cat /dev/zero)', undefined],
  ['a file that grows', 'while :; do cat /etc/passwd >> /tmp/f || exit 1; done', undefined],
  ['many files', 'i=0; while :; do i=$((i+1)); : > /tmp/$i || exit 1; done', 1],
  ['deep folders', 'd=/tmp; for i in $(seq 3000); do d=$d/x; mkdir $d || exit 9; done', 9],
  ['wide format', "printf '%999999999d' 1 | wc -c", 0],
  ['numbers without end', 'seq 1 99999999999 | tail -n 1', undefined],
  ['brackets', '('.repeat(500), 2],
  ['braces', '{ '.repeat(500), 2],
  ['substitution brackets', `echo ${'$('.repeat(500)}`, 2],
  ['arithmetic brackets', `echo $((${'('.repeat(500)}1${')'.repeat(500)}))`, 1],
  ['if in if', 'if '.repeat(500), 2],
  ['stars', `touch /tmp/${'a'.repeat(200)}; ls /tmp/${'*a'.repeat(60)}b`, 2],
  ['an expression for grep', `printf '${'a'.repeat(30)}' | grep -E '(a*)*(a*)*(a*)*b'`, 1],
  ['trimming a long text', 'x=$(seq 20000); echo ${x%%*y*}', 127],
])('%s', async (_what, command, status) => {
  // A small disk is as full as a large one, and sooner.
  const { system } = runningSystem({ limits: { maxBytes: 512 * 1024, maxNodes: 1_000 } });
  const ran = await run(system, command);
  if (status === undefined) expect(ran.status).toBeGreaterThanOrEqual(0);
  else expect(ran.status).toBe(status);
});

test('a busy guest lets others run', async () => {
  const { system } = runningSystem();
  const busy = run(system, 'while :; do :; done');
  const turns: number[] = [];
  const timer = setInterval(() => turns.push(performance.now()), 1);
  await busy;
  clearInterval(timer);
  expect(turns.length).toBeGreaterThan(5);
});

test('losing power ends whatever runs', async () => {
  const power = new AbortController();
  const { system } = runningSystem({ signal: power.signal });
  const busy = run(system, 'while :; do :; done | cat | cat');
  setTimeout(() => power.abort(new Error('off')), 20);
  expect((await busy).status).toBe(255);
});
