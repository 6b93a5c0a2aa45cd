/**
 * bun bench/demo.ts [BRANCH]: what a newcomer waits for. `make demo` in a fresh clone, with empty caches of npm and Go, and a
 * home of its own; downloads count. Each part with its beginning and end, and when the first host was there.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { benchFolder, endedWithBench, runBench } from './run-bench.js';
import { table } from './table.js';

/** What the README promises, in seconds. */
const LIMIT = { 'first host': 60, 'the whole': 90 };

type Part = readonly [name: string, from: number, to: number, note?: string];

/** Reads the demo's lines as they come: parts of the preparation say their times, steps of the demo end with theirs. */
class PartsReader {
  readonly parts: Part[] = [];
  #title = '';
  #blank = false;

  read(line: string, seconds: number): void {
    const made = /^ {2}([a-z-]+) +([\d.]+) to +([\d.]+) s *(.*)$/.exec(line);
    const took = /^\((\d+\.\d+) s\)$/.exec(line)?.[1];
    if (made !== null) this.parts.push([made[1] ?? '', Number(made[2]), Number(made[3]), made[4] ?? '']);
    else if (took !== undefined) this.parts.push([this.#title, seconds - Number(took), seconds]);
    else if (/^\[\S+\] done: created/.test(line) && !this.parts.some(([name]) => name === 'first host'))
      this.parts.push(['first host', 0, seconds]);
    else if (this.#blank) this.#title = line;
    this.#blank = line === '';
  }
}

function row([name, from, to, note = '']: Part): string[] {
  return [name, from.toFixed(1), to.toFixed(1), (to - from).toFixed(1), note];
}

async function main(): Promise<void> {
  const folder = benchFolder('bench-demo-');
  const clone = join(folder, 'clone');
  const branch = process.argv[2] === undefined ? [] : ['--branch', process.argv[2]];
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ...branch, '.', clone]);
  mkdirSync(join(folder, 'home'));
  const env = {
    PATH: process.env['PATH'],
    HOME: join(folder, 'home'),
    TMPDIR: folder,
    // Where packages come from stays what it is on this machine.
    npm_config_userconfig: process.env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'),
    GOENV: execFileSync('go', ['env', 'GOENV'], { encoding: 'utf8' }).trim(),
    // So that the folder can be removed.
    GOFLAGS: `${execFileSync('go', ['env', 'GOFLAGS'], { encoding: 'utf8' }).trim()} -modcacherw`.trim(),
  };
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  // `times` ends with the CPU time of all that it has waited for.
  const child = endedWithBench(
    spawn('bash', ['-c', 'make demo </dev/null 2>&1; status=$?; times; exit "$status"'], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const reader = new PartsReader();
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(`${seconds().toFixed(1).padStart(6)}  ${line}`);
    reader.read(line, seconds());
    last = line;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`make demo ended with ${String(code)}`);
  reader.parts.push(['the whole', 0, seconds(), `CPU ${last}`]);
  console.log(`\n${table([['part', 'from', 'to', 'seconds', ''], ...reader.parts.map(row)])}`);
  for (const [name, limit] of Object.entries(LIMIT)) {
    const to = reader.parts.find(([part]) => part === name)?.[2] ?? Infinity;
    console.log(`${name}: ${to.toFixed(1)} s, at most ${limit} s wanted: ${to <= limit ? 'held' : 'MISSED'}`);
  }
}

runBench(main);
