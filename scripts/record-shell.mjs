// Asks the real programs of this machine (dash, bash, GNU coreutils, sed, grep, findutils) what the cases of
// test/golden/shell/cases give, and writes their answers beside them. Every case runs twice, each time in a new
// directory and with the same environment; one whose answers differ is refused.
// usage: record-shell.mjs [TOPIC …]
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const RUNNER = join(import.meta.dirname, 'record-shell-run.sh');
const GOLDEN = join(import.meta.dirname, '../test/golden/shell');
/** The emulated guest runs the cases at the same path, because programs print it. */
const DIRECTORY = '/tmp/shell-case';
const ENVIRONMENT = {
  HOME: DIRECTORY,
  LC_ALL: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  TMPDIR: DIRECTORY,
  TZ: 'UTC',
};
const PACKAGES = ['dash', 'bash', 'coreutils', 'sed', 'grep', 'findutils', 'debianutils'];
const SHELLS = { sh: '/bin/dash', bash: '/bin/bash' };

function run({ script, stdin = '', args = [], files = {} }, shell, pipes) {
  mkdirSync(DIRECTORY, { mode: 0o755 });
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(DIRECTORY, name)), { recursive: true });
      writeFileSync(join(DIRECTORY, name), text);
    }
    const before = tree();
    const [input, output, errors] = ['input', 'output', 'errors'].map((name) => join(pipes, name));
    writeFileSync(input, stdin);
    const command = [RUNNER, input, output, errors, shell, SHELLS[shell], '-c', script, shell, ...args];
    const ran = spawnSync('/bin/bash', command, { cwd: DIRECTORY, env: ENVIRONMENT, timeout: 20_000 });
    if (ran.error !== undefined) throw ran.error;
    const changed = changes(before, tree());
    return {
      status: ran.status,
      out: text(readFileSync(output)),
      err: text(readFileSync(errors)),
      ...(Object.keys(changed).length === 0 ? {} : { changed }),
    };
  } finally {
    rmSync(DIRECTORY, { recursive: true });
  }
}

function text(bytes) {
  const decoded = bytes.toString('utf8');
  if (!Buffer.from(decoded).equals(bytes)) throw new Error(`not UTF-8: ${decoded}`);
  return decoded;
}

/** Path to what is there: kind, mode and content, in one text. */
function tree(directory = DIRECTORY, prefix = '', found = {}) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const status = lstatSync(path);
    const mode = (status.mode & 0o7777).toString(8);
    if (status.isSymbolicLink()) found[prefix + name] = `link ${readlinkSync(path)}`;
    else if (status.isDirectory()) {
      found[prefix + name] = `directory ${mode}`;
      tree(path, `${prefix}${name}/`, found);
    } else found[prefix + name] = `file ${mode}\n${text(readFileSync(path))}`;
  }
  return found;
}

/** What is new or different; null = gone. */
function changes(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = names.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

function record(name, asked, shell, pipes) {
  const question = typeof asked === 'string' ? { script: asked } : asked;
  const answers = [1, 2].map(() => JSON.stringify(run(question, shell, pipes)));
  if (answers[0] !== answers[1]) throw new Error(`${name}: two runs differ:\n${answers.join('\n')}`);
  return { name, ...question, ...JSON.parse(answers[0]) };
}

function main() {
  if (process.getuid() !== 0)
    throw new Error('record as root: the emulated guest runs the cases as root, too');
  process.umask(0o022);
  const pipes = mkdtempSync(join(tmpdir(), 'record-shell-'));
  try {
    recordAll(pipes);
  } finally {
    rmSync(pipes, { recursive: true });
  }
}

function recordAll(pipes) {
  const wanted = process.argv.slice(2);
  const topics = readdirSync(join(GOLDEN, 'cases')).map((name) => name.replace(/\.yaml$/, ''));
  for (const topic of topics.sort().filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const { about, shell, cases } = parse(readFileSync(join(GOLDEN, `cases/${topic}.yaml`), 'utf8'));
    const recorded = Object.entries(cases).map(([name, asked]) => record(name, asked, shell, pipes));
    const content = { about, shell, cases: recorded };
    writeFileSync(join(GOLDEN, `${topic}.json`), `${JSON.stringify(content, undefined, 1)}\n`);
    console.log(`${String(recorded.length).padStart(4)} ${topic}`);
  }
  const query = spawnSync('dpkg-query', ['-W', '-f=${Package} ${Version}\n', ...PACKAGES], {
    encoding: 'utf8',
  });
  const versions = Object.fromEntries(
    query.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
  writeFileSync(join(GOLDEN, 'versions.json'), `${JSON.stringify(versions, undefined, 1)}\n`);
}

main();
