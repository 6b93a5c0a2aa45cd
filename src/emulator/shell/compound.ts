import type { StandardStreams } from '../os/process.js';
import { evaluateConditional } from './conditional.js';
import { Flow, type Shell } from './state/shell.js';
import { compilePattern, matches } from './expansion/pattern.js';
import type { CaseBranch, CompoundBody, Script } from './grammar/syntax.js';

/** Whether a failing command of this kind counts for `set -e` by itself, not by what failed inside it. */
export function compoundExits({ kind }: CompoundBody): boolean {
  return kind === 'subshell' || kind === 'arithmetic' || kind === 'conditional';
}

/** Runs a compound command's body with streams already redirected; gives its exit status. */
export async function runCompound(
  shell: Shell,
  body: CompoundBody,
  streams: StandardStreams,
): Promise<number> {
  switch (body.kind) {
    case 'group':
      return shell.script(body.body, streams);
    case 'subshell':
      return shell.subshell(body.body, streams);
    case 'if':
      for (const { condition, body: branch } of body.branches) {
        if (await shell.condition(condition, streams)) return shell.script(branch, streams);
      }
      return body.otherwise === undefined ? 0 : shell.script(body.otherwise, streams);
    case 'while':
      return repeat(shell, body.body, streams, async () => {
        return (await shell.condition(body.condition, streams)) !== body.until;
      });
    case 'for':
      return forEach(shell, body, streams);
    case 'case':
      return select(shell, body, streams);
    case 'arithmetic': {
      const value = await shell.expansion.text([
        { kind: 'arithmetic', expression: body.expression, quoted: true },
      ]);
      return value === '0' ? 1 : 0;
    }
    case 'conditional':
      return (await evaluateConditional(shell, body.words)) ? 0 : 1;
  }
}

async function forEach(
  shell: Shell,
  body: Extract<CompoundBody, { kind: 'for' }>,
  streams: StandardStreams,
): Promise<number> {
  const values = body.words === undefined ? shell.state.positional : await shell.expansion.fields(body.words);
  let index = 0;
  return repeat(shell, body.body, streams, () => {
    const value = values[index++];
    if (value !== undefined) shell.state.set(body.variable, value);
    return Promise.resolve(value !== undefined);
  });
}

/** Runs `body` as long as `more` says so; `break` and `continue` are for this loop or one further out. */
async function repeat(
  shell: Shell,
  body: Script,
  streams: StandardStreams,
  more: () => Promise<boolean>,
): Promise<number> {
  let status = 0;
  shell.loops++;
  try {
    for (;;) {
      await shell.process.budget.step();
      try {
        if (!(await more())) return status;
        status = await shell.script(body, streams);
      } catch (error) {
        if (!(error instanceof Flow) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
        const outer = error.outer();
        if (outer !== undefined) throw outer;
        status = 0;
        if (error.kind === 'break') return 0;
      }
    }
  } finally {
    shell.loops--;
  }
}

async function select(
  shell: Shell,
  body: Extract<CompoundBody, { kind: 'case' }>,
  streams: StandardStreams,
): Promise<number> {
  const subject = await shell.expansion.text(body.subject);
  let falls = false;
  let status = 0;
  for (const branch of body.branches) {
    if (!falls && !(await fits(shell, branch, subject))) continue;
    status = branch.body.length === 0 ? 0 : await shell.script(branch.body, streams);
    if (branch.end === ';;') return status;
    falls = branch.end === ';&';
  }
  return status;
}

async function fits(shell: Shell, branch: CaseBranch, subject: string): Promise<boolean> {
  for (const pattern of branch.patterns) {
    if (matches(compilePattern(await shell.expansion.pattern(pattern)), subject)) return true;
  }
  return false;
}
