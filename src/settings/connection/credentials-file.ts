import { access, constants, readFile, stat } from 'node:fs/promises';
import { OperationError, systemCode } from '../../support/index.js';
import type { Environment } from '../options/index.js';

/** What a credentials file says; what it does not say is undefined. */
export interface FoundCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** Takes a sentence for the user about credentials that work and should be kept better. */
export type Warn = (text: string) => void;

/** Credentials are short; a larger file is another file. Bytes. */
const LARGEST = 64 * 1024;
/** How long a helper may take, ms. It may have to ask a vault over the network. */
const HELPER_LIMIT = 20_000;

/**
 * Reads credentials from a file of lines `username=…`, `password=…`, `api-key=…`. An executable file is a
 * helper: it is run and what it prints is read instead. Rejects with `invalid-input`, never quoting contents.
 * Warns of a file that is read and that others can read, too.
 */
export async function readCredentialsFile(
  path: string,
  environment: Environment,
  warn: Warn,
): Promise<FoundCredentials> {
  const found = parseCredentials(await contents(path, environment, warn), path);
  if (found.password === undefined && found.apiKey === undefined) {
    throw problemWith(path, 'it has neither password= nor api-key=');
  }
  return found;
}

/** Whether the file is run instead of read. Windows has no such mark. */
async function isHelper(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Undefined = only the owner can read a file of this mode. Windows has other rights, which the mode does not show. */
export function readableByOthers(
  path: string,
  mode: number,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform === 'win32' || (mode & 0o044) === 0) return undefined;
  const whose = (mode & 0o004) === 0 ? 'its group' : 'all users of this computer';
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return `${whose} can read the credentials file ${path} (mode ${octal}): chmod 600 leaves it to its owner`;
}

async function contents(path: string, env: Environment, warn: Warn): Promise<string> {
  try {
    const { size, mode } = await stat(path);
    if (size > LARGEST) throw problemWith(path, `it has ${size} bytes`);
    // For root every file with any x bit counts as executable, so the mode is looked at as well.
    if ((mode & 0o111) === 0 || !(await isHelper(path))) {
      const text = await readFile(path, 'utf8');
      const warning = readableByOthers(path, mode);
      if (warning !== undefined) warn(warning);
      return text;
    }
    if ((mode & 0o002) !== 0) throw problemWith(path, 'everybody may change this program, so it is not run');
    return await run(path, env);
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw problemWith(path, reasonOf(error));
  }
}

/** The helper's standard output. Its standard error is not repeated: it may hold what must stay secret. */
async function run(path: string, env: Environment): Promise<string> {
  const { execFile } = await import('node:child_process');
  const options = { timeout: HELPER_LIMIT, maxBuffer: LARGEST, windowsHide: true, env };
  return await new Promise((resolve, reject) => {
    const child = execFile(path, [], options, (error, output) => {
      if (error === null) resolve(output);
      else reject(problemWith(path, `the helper failed (${failure(error)})`));
    });
    child.stdin?.end();
  });
}

function failure(error: { code?: unknown; signal?: unknown; killed?: unknown }): string {
  if (typeof error.code === 'number') return `exit code ${error.code}`;
  if (error.killed === true) return `ended after ${HELPER_LIMIT / 1000} s`;
  return typeof error.code === 'string' ? error.code : String(error.signal);
}

/** Keys as users write them: any case, `-`, `_` or nothing between words, with or without NUTANIX_ in front. */
function parseCredentials(text: string, path: string): FoundCredentials {
  const found: { username?: string; password?: string; apiKey?: string } = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^\s*(?:export\s+)?(?:NUTANIX[_-])?(user-?name|password|api-?key)\s*=(.*)$/i.exec(
      line.replace(/^([^=]*)=/, (start) => start.replaceAll('_', '-')),
    );
    const [, key = '', value = ''] = match ?? [];
    if (match === null) {
      throw problemWith(path, `line ${index + 1} is none of username=, password=, api-key=, # comment`);
    }
    const name = key.toLowerCase();
    if (name.startsWith('user')) found.username = unquoted(value);
    else if (name === 'password') found.password = unquoted(value);
    else found.apiKey = unquoted(value);
  }
  return found;
}

/** As in shell scripts: one pair of quotes around the whole value does not belong to it. */
function unquoted(value: string): string {
  const text = value.trim();
  return /^(["']).*\1$/.test(text) && text.length >= 2 ? text.slice(1, -1) : text;
}

function reasonOf(error: unknown): string {
  const code = systemCode(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'no permission to read it';
  return code ?? 'it cannot be read';
}

function problemWith(path: string, problem: string): OperationError {
  return new OperationError({
    code: 'invalid-input',
    attempted: `read the credentials file ${path}`,
    problem,
    advice:
      'It holds lines such as username=NAME and password=TEXT; if it is executable it has to print them.',
  });
}
