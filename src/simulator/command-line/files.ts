import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { OperationError } from '../../support/index.js';
import { parseFaultRules, type FaultRule } from '../faults/fault-rule.js';

/** Replaces a file in one step, so that whoever waits for it never reads half of it. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}.${String(process.pid)}.tmp`;
  try {
    await writeFile(unfinished, text, { mode });
    await rename(unfinished, path);
  } catch (error) {
    throw fileError(`write ${path}`, error);
  }
}

/** Fault rules of a YAML file. Rejects with OperationError `invalid-input`. */
export async function readFaultFile(path: string): Promise<FaultRule[]> {
  const attempted = `read fault rules from ${path}`;
  const text = await read(path, attempted);
  return parseFaultRules(
    parsed(() => parse(text), attempted),
    path,
  );
}

/** What a simulator has saved; undefined when there is no such file yet. */
export async function readStateFile(path: string): Promise<unknown> {
  if (!existsSync(path)) return undefined;
  const attempted = `read the saved state from ${path}`;
  const text = await read(path, attempted);
  return parsed((): unknown => JSON.parse(text), attempted);
}

async function read(path: string, attempted: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(attempted, error);
  }
}

function parsed(parseText: () => unknown, attempted: string): unknown {
  try {
    return parseText();
  } catch (error) {
    const [problem = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new OperationError({ code: 'invalid-input', attempted, problem, cause: error });
  }
}

function fileError(attempted: string, error: unknown): OperationError {
  const problem = error instanceof Error ? error.message : String(error);
  return new OperationError({ code: 'invalid-input', attempted, problem, cause: error });
}
