import { constants, existsSync } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { OperationError, replaceFile } from '../../support/index.js';
import { parseLimits, type LimitTable } from '../http/api-limits.js';
import { parseFaultRules, type FaultRule } from '../core/faults/fault-rule.js';

/** A saved state is never longer than this. */
const MAX_STATE_BYTES = 400 * 2 ** 20;

/** Replaces a file in one step: a program that waits for it never reads half of it. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  try {
    await replaceFile(path, text, mode);
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

/** Limits of an API. Rejects with OperationError `invalid-input`. */
export async function readLimitsFile(path: string): Promise<LimitTable> {
  const attempted = `read limits from ${path}`;
  const text = await read(path, attempted);
  return parseLimits(
    parsed(() => parse(text), attempted),
    path,
  );
}

/**
 * What a simulator has saved; undefined when there is no such file yet. That it can be written at the end is found
 * out now: then it would be too late.
 */
export async function readStateFile(path: string): Promise<unknown> {
  const attempted = `read the saved state from ${path}`;
  try {
    await access(dirname(resolve(path)), constants.W_OK);
    if (!existsSync(path)) return undefined;
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > MAX_STATE_BYTES) throw new Error('it is larger than any saved state');
  } catch (error) {
    throw fileError(attempted, error);
  }
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
