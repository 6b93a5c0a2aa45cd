import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { hasSystemCode, OperationError } from '../support/index.js';

/** Debian's package of each program that is called. */
const PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  dnsmasq: 'dnsmasq-base',
  genisoimage: 'genisoimage',
  ip: 'iproute2',
  setpriv: 'util-linux',
  cp: 'coreutils',
  tgtd: 'tgt',
  tgtadm: 'tgt',
} as const;

export type Program = keyof typeof PACKAGES;

/** Where system programs are, also for users whose PATH has no sbin. */
export const PROGRAM_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;

export interface ProgramCall {
  readonly args: readonly string[];
  /** Beginning of the error's text. */
  readonly attempted: string;
  /** What it reads; nothing when absent. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end; resolves with what it wrote. Rejects with an OperationError that has its last words. */
export async function runProgram(program: Program, call: ProgramCall): Promise<string> {
  const { args, attempted, input = '', environment = {} } = call;
  const child = spawn(program, [...args], {
    stdio: 'pipe',
    env: { ...environment, PATH: PROGRAM_PATH, LC_ALL: 'C' },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // It need not read all that it is given.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(startFailure(program, attempted, error)));
    child.once('close', resolve);
  });
  if (status === 0) return output;
  const said = (errors.trim() || output.trim()).slice(-500).replaceAll('\n', ' | ');
  const problem = `${program} ended with ${String(status)}: ${said || 'without a word'}`;
  throw new OperationError({ code: 'task-failed', attempted, problem });
}

/** Why a program could not be started, with what to install. */
export function startFailure(program: Program, attempted: string, error: Error): OperationError {
  if (!hasSystemCode(error, 'ENOENT')) return OperationError.from(error, attempted);
  return new OperationError({
    code: 'unsupported',
    attempted,
    problem: `there is no program ${program} on this machine`,
    advice: `Install it: apt-get install ${PACKAGES[program]}`,
    cause: error,
  });
}

/** Rejects when one of these programs is missing. */
export async function demandPrograms(programs: readonly Program[], attempted: string): Promise<void> {
  for (const program of programs) {
    const tries = PROGRAM_PATH.split(':').map(async (folder) => {
      await access(`${folder}/${program}`, constants.X_OK);
    });
    try {
      await Promise.any(tries);
    } catch {
      const missing = Object.assign(new Error(`no ${program}`), { code: 'ENOENT' });
      throw startFailure(program, attempted, missing);
    }
  }
}
