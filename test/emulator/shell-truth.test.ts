import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { DirectoryNode, Node } from '../../src/emulator/filesystem/index.js';
import { Budget } from '../../src/emulator/os/budget.js';
import { execute, findProgram } from '../../src/emulator/os/execute.js';
import { bytesOf, Collector, InputStream, OutputStream } from '../../src/emulator/os/streams.js';
import type { System } from '../../src/emulator/os/process.js';
import { rootUser } from '../../src/emulator/os/accounts.js';
import { systemClock } from '../../src/support/index.js';
import { runningSystem } from './running-system.js';

const GOLDEN = 'test/golden/shell';
/** Where scripts/record-shell.mjs ran the cases; programs print the path. */
const DIRECTORY = '/tmp/shell-case';
const ENVIRONMENT = [
  ['HOME', DIRECTORY],
  ['LC_ALL', 'C.UTF-8'],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['TMPDIR', DIRECTORY],
  ['TZ', 'UTC'],
] as const;

const question = {
  script: z.string(),
  stdin: z.string().optional(),
  args: z.array(z.string()).optional(),
  files: z.record(z.string(), z.string()).optional(),
};
const asked = z.object({
  about: z.string(),
  shell: z.enum(['sh', 'bash']),
  cases: z.record(z.string(), z.union([z.string(), z.strictObject(question)])),
});
const answer = {
  status: z.number(),
  out: z.string(),
  err: z.string(),
  changed: z.record(z.string(), z.string().nullable()).optional(),
};
const recorded = z.object({
  about: z.string(),
  shell: z.enum(['sh', 'bash']),
  cases: z.array(z.strictObject({ name: z.string(), ...question, ...answer })),
});
type Case = z.infer<typeof recorded>['cases'][number];
type Answer = Pick<Case, keyof typeof answer>;

function read(name: string): string {
  return readFileSync(`${GOLDEN}/${name}`, 'utf8');
}

const topics = readdirSync(`${GOLDEN}/cases`).map((name) => name.replace(/\.yaml$/, ''));
const differences = z
  .record(z.string(), z.record(z.string(), z.string().min(10)))
  .parse(JSON.parse(read('differences.json')));

/** Path to what is there: kind, mode and content, in one text. */
function tree(directory: DirectoryNode, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, node] of directory.entries) {
    found.set(prefix + name, shown(node));
    if (node.kind === 'directory')
      for (const [path, inside] of tree(node, `${prefix}${name}/`)) found.set(path, inside);
  }
  return found;
}

function shown(node: Node): string {
  const mode = node.mode.toString(8);
  if (node.kind === 'symlink') return `link ${node.target}`;
  return node.kind === 'file'
    ? `file ${mode}\n${Buffer.from(node.read()).toString('utf8')}`
    : `directory ${mode}`;
}

/** What is new or different; null = gone. */
function changes(before: Map<string, string>, after: Map<string, string>): Record<string, string | null> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    names
      .filter((name) => before.get(name) !== after.get(name))
      .map((name) => [name, after.get(name) ?? null]),
  );
}

async function emulated(system: System, shell: string, asks: Case): Promise<Answer> {
  const { fs } = system;
  const directory = fs.mkdirs(DIRECTORY);
  for (const [name, text] of Object.entries(asks.files ?? {})) fs.writeFile(`${DIRECTORY}/${name}`, text);
  const before = tree(directory);
  const [out, err] = [new Collector(), new Collector()];
  const process = {
    system,
    user: rootUser,
    args: [shell, '-c', asks.script, shell, ...(asks.args ?? [])],
    env: new Map(ENVIRONMENT),
    cwd: DIRECTORY,
    stdin: new InputStream(bytesOf(asks.stdin ?? '')),
    stdout: new OutputStream(out),
    stderr: new OutputStream(err),
    signal: system.signal,
    budget: new Budget(),
    depth: 0,
    terminal: false,
  };
  const program = findProgram(process, shell);
  if (program === undefined) throw new Error(`the image has no ${shell}`);
  const status = await execute(process, program);
  const changed = changes(before, tree(directory));
  return {
    status,
    out: out.text(),
    err: err.text(),
    ...(Object.keys(changed).length === 0 ? {} : { changed }),
  };
}

describe.each(topics)('%s', (topic) => {
  const { shell, cases } = recorded.parse(JSON.parse(read(`${topic}.json`)));
  const listed = differences[topic] ?? {};

  test('was recorded from its cases', () => {
    const { cases: written, ...rest } = asked.parse(parse(read(`cases/${topic}.yaml`)));
    expect(rest).toEqual({ about: rest.about, shell });
    expect(cases.map(({ name, script }) => [name, script])).toEqual(
      Object.entries(written).map(([name, each]) => [name, typeof each === 'string' ? each : each.script]),
    );
    expect(Object.keys(listed).filter((name) => !(name in written))).toEqual([]);
  });

  test.each(cases)('$name', async (each) => {
    const { status, out, err, changed } = each;
    const expected = { status, out, err, ...(changed === undefined ? {} : { changed }) };
    const { system } = runningSystem({ clock: systemClock });
    const found = await emulated(system, shell, each);
    if (listed[each.name] === undefined) expect(found).toEqual(expected);
    else expect(found).not.toEqual(expected);
  });
});
