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
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(attempted, error);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const [problem = 'not YAML'] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new OperationError({ code: 'invalid-input', attempted, problem, cause: error });
  }
  return parseFaultRules(value, path);
}

function fileError(attempted: string, error: unknown): OperationError {
  const problem = error instanceof Error ? error.message : String(error);
  return new OperationError({ code: 'invalid-input', attempted, problem, cause: error });
}
