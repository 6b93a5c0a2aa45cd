import { readFile, stat } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { meant, type AttachmentKind } from '../../volume/index.js';
import { connectionFromFlags, type Environment } from '../../settings/index.js';
import type { Connection } from '../../provider/index.js';
import { inputError, OperationError, systemCode } from '../../support/index.js';
import { CREDENTIAL_KEYS, settingsSchema, type SettingsEntry } from './settings-schema.js';

export const DEFAULT_SETTINGS_FILE = '/etc/nutanix-volume/nutanix-volume.yaml';
const DEFAULT_POLICY_FILE = '/etc/nutanix-volume/policy.yaml';
const DEFAULT_FOLDER = '/var/lib/nutanix-volume';
/** Bytes; the file has a handful of lines. */
const LARGEST = 64 * 1024;

/** What `nutanix-volume.yaml` says, read and checked. */
export interface VolumeSettings {
  readonly file: string;
  readonly connection: Connection;
  readonly cluster?: string | undefined;
  readonly storageContainer?: string | undefined;
  readonly attachment: AttachmentKind;
  readonly vmId?: string | undefined;
  readonly folder: string;
  readonly policyFile: string;
}

/** The file that is meant: by option, by variable, or the usual one. */
export function settingsPath(option: string | undefined, environment: Environment): string {
  const named = environment['NUTANIX_VOLUME_CONFIG'] ?? '';
  return option ?? (named === '' ? DEFAULT_SETTINGS_FILE : named);
}

/**
 * Reads the file. Rejects with `invalid-input` that names all that is wrong, never a secret; a file that other users can
 * read or change is refused.
 */
export async function readSettings(file: string, warn: (text: string) => void): Promise<VolumeSettings> {
  const attempted = `read the settings ${file}`;
  const entry = checked(await privateText(file, attempted), attempted);
  const connection = await connectionOfEntry(entry, attempted, warn);
  return {
    file,
    connection,
    cluster: entry.cluster,
    storageContainer: entry['storage-container'],
    attachment: entry.attachment ?? 'vm',
    vmId: entry['vm-id'],
    folder: entry.folder ?? DEFAULT_FOLDER,
    policyFile: entry.policy ?? DEFAULT_POLICY_FILE,
  };
}

const UNREADABLE: Readonly<Record<string, { readonly problem: string; readonly advice?: string }>> = {
  ENOENT: {
    problem: 'there is no such file',
    advice: 'nutanix-volume config init writes settings to begin with.',
  },
  EISDIR: { problem: 'it is a folder, and has to be a file' },
  EACCES: { problem: 'this user may not read it' },
};

/** The text of a file that only its owner can read and change. */
async function privateText(path: string, attempted: string): Promise<string> {
  try {
    const { mode, size, uid } = await stat(path);
    const refuse = (problem: string, advice: string): OperationError =>
      new OperationError({ code: 'invalid-input', attempted, problem, advice });
    if ((mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw refuse(
        `other users can read or change ${path} (mode ${octal})`,
        `chmod 600 ${path} leaves it to its owner.`,
      );
    }
    const self = process.getuid?.() ?? uid;
    if (uid !== 0 && uid !== self) {
      throw refuse(`${path} belongs to user ${uid}`, `chown root ${path} gives it to root.`);
    }
    if (size > LARGEST) throw refuse(`${path} has ${size} bytes`, 'Settings are at most 64 KiB.');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof OperationError) throw error;
    const { problem, advice } = UNREADABLE[systemCode(error) ?? ''] ?? {
      problem: OperationError.from(error, '').problem,
    };
    throw new OperationError({ code: 'invalid-input', attempted, problem, advice, cause: error });
  }
}

function checked(text: string, attempted: string): SettingsEntry {
  const document = parseDocument(text, { prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  // A fault of the syntax may quote the line, and that may be the password's.
  if (faults.length > 0) throw wrong(attempted, [`it is not YAML (${faults[0]?.code ?? 'syntax'})`]);
  const parsed = settingsSchema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!parsed.success) throw wrong(attempted, parsed.error.issues.flatMap(problemsOf));
  const given = CREDENTIAL_KEYS.filter((key) => parsed.data[key] !== undefined);
  const problems = [];
  if (given.length > 1) problems.push(`${given.join(' and ')} exclude one another`);
  if (given.length === 0) problems.push(`one of ${CREDENTIAL_KEYS.join(', ')} has to say who signs in`);
  const needsName = given.some((key) => key === 'password' || key === 'password-file');
  if (needsName && parsed.data.username === undefined) problems.push('username is missing');
  if (problems.length > 0) throw wrong(attempted, problems);
  return parsed.data;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownKey);
  if (issue.code === 'invalid_type' && issue.input === undefined && place !== '')
    return [`${place} is missing`];
  return [`${place === '' ? 'the file' : place}: ${issue.message}`];
}

function unknownKey(key: string): string {
  const known = Object.keys(settingsSchema.shape);
  const near = meant(key, known);
  return near === undefined
    ? `there is no key ${key}; known: ${known.join(', ')}`
    : `there is no key ${key}; did you mean ${near}?`;
}

/** The driver's options and checks count for the keys of the same names. */
async function connectionOfEntry(
  entry: SettingsEntry,
  attempted: string,
  warn: (text: string) => void,
): Promise<Connection> {
  const { endpoint, port, username, fingerprint, insecure, proxy, api } = entry;
  const texts: readonly [string, string | boolean | undefined][] = [
    ['endpoint', endpoint],
    ['port', port === undefined ? undefined : String(port)],
    ['username', username],
    ['api-key', entry['api-key']],
    ['password', await passwordOf(entry, attempted)],
    ['credentials-file', entry['credentials-file']],
    ['ca-file', entry['ca-file']],
    ['fingerprint', fingerprint],
    ['insecure', insecure],
    ['proxy', proxy],
    ['api', api],
  ];
  const flags = texts
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [`nutanix-${key}`, value] as const);
  try {
    const connection = await connectionFromFlags(new Map(flags), {}, warn);
    return entry.ca === undefined
      ? connection
      : { ...connection, trust: { kind: 'authorities', pem: entry.ca } };
  } catch (error) {
    const { problem, advice, code } = OperationError.from(error, attempted);
    const asKeys = (text: string): string =>
      text.replaceAll('--nutanix-', '').replaceAll(/ ?\(\$NUTANIX_\w+\)/g, '');
    throw new OperationError({
      code: code === 'internal' ? code : 'invalid-input',
      attempted,
      problem: asKeys(problem),
      advice: advice === undefined ? undefined : asKeys(advice),
      cause: error,
    });
  }
}

async function passwordOf(entry: SettingsEntry, attempted: string): Promise<string | undefined> {
  const path = entry['password-file'];
  if (path === undefined) return entry.password;
  const password = (await privateText(path, attempted)).replace(/\r?\n$/, '');
  if (password !== '' && !/[\r\n]/.test(password)) return password;
  throw wrong(attempted, [`${path} has to hold the password and nothing else, on one line`]);
}

function wrong(attempted: string, problems: readonly string[]): OperationError {
  return (
    inputError(attempted, problems) ??
    new OperationError({ code: 'internal', attempted, problem: 'refused without a reason' })
  );
}
