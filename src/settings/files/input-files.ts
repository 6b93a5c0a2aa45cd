import { access, constants, readFile } from 'node:fs/promises';
import { OperationError, systemCode } from '../../support/index.js';
import type { ConfigValues } from '../config/index.js';
import { nameOf, OPTIONS } from '../options/index.js';
import { readAuthorities } from './authorities.js';

/** What is wrong with the files that options name; one text each. Contents are never quoted. */
export async function fileProblems(values: ConfigValues): Promise<string[]> {
  const { CAFile, CredentialsFile, CloudInitFile, SSHKey } = values;
  const checks: Promise<unknown>[] = [];
  if (CAFile !== '') checks.push(readAuthorities(CAFile));
  // Only looked at: a helper is not run before it is needed, it may ask a vault or the user.
  if (CredentialsFile !== '') checks.push(checkReadable('CredentialsFile', CredentialsFile));
  if (CloudInitFile !== '') checks.push(userDataOf(values));
  if (SSHKey !== '') checks.push(readUserKey(SSHKey));
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === 'rejected' ? [OperationError.from(result.reason, 'read a file').problem] : [],
  );
}

/** The user's own user-data from flag or file; undefined = none. */
export async function userDataOf(values: ConfigValues): Promise<string | undefined> {
  const { CloudInit, CloudInitFile } = values;
  if (CloudInit !== '') return withLineEnds(CloudInit);
  if (CloudInitFile === '') return undefined;
  const text = await readOption('CloudInitFile', CloudInitFile);
  if (text.trim() === '') throw invalid(`${nameOf(OPTIONS.CloudInitFile)}: ${CloudInitFile} is empty`);
  return text;
}

/** The text of an existing private key file that docker-machine can use. */
export async function readUserKey(path: string): Promise<string> {
  const text = await readOption('SSHKey', path);
  const problem = !text.includes('PRIVATE KEY-----')
    ? 'holds no private key'
    : text.includes('ENCRYPTED')
      ? 'is protected by a passphrase, and none can be asked for'
      : undefined;
  if (problem === undefined) return text;
  throw invalid(`${nameOf(OPTIONS.SSHKey)}: ${path} ${problem}`);
}

/**
 * User-data in one line, as environment variables and forms force users to write it, has its line ends as
 * `\n` or `\r\n`: no kind of user-data says anything in its first line alone. A text that has line ends may mean
 * `\n` as it stands, for instance in a script's printf; so may a file, which can hold line ends. JSON (an Ignition
 * config) is often one line, and a `\n` in it stands within a string.
 */
function withLineEnds(text: string): string {
  return /[\r\n]|^\s*\{/.test(text) ? text : text.replace(/\\r\\n|\\n|\\r/g, '\n');
}

type FileOption = 'CloudInitFile' | 'CredentialsFile' | 'SSHKey';

async function readOption(key: FileOption, path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: unknown) => unreadable(key, path, error));
}

async function checkReadable(key: FileOption, path: string): Promise<void> {
  await access(path, constants.R_OK).catch((error: unknown) => unreadable(key, path, error));
}

function unreadable(key: FileOption, path: string, error: unknown): never {
  throw invalid(`${nameOf(OPTIONS[key])}: cannot read ${path} (${systemCode(error) ?? 'unreadable'})`);
}

function invalid(problem: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted: 'read the options', problem });
}
