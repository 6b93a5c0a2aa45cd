import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  hasSystemCode,
  inputError,
  isThere,
  OperationError,
  unlessCode,
  type ErrorCode,
} from '../../support/index.js';

import { programFiles, STARTED_FILE, type StartedProgram } from './program-files.js';

/** What `bootstrap` is told; of the process. */
export interface Bootstrap {
  /** What the runner's configuration has as `plugin`: `nutanix`, `GROUP/PROJECT` or `REGISTRY/PATH`, with or without `:VERSION`. */
  readonly repository: string;
  /** FLEETING_PLUGIN_PATH: the folder in which the runner looks for plugins. */
  readonly folder: string | undefined;
  readonly version: string;
  readonly program: StartedProgram;
}

/** What was to be written: these files into the folder that `elements` lead to, from `root` on. */
interface Written {
  readonly root: string;
  readonly elements: readonly string[];
  readonly files: Iterable<string>;
}

/** Of containers, into which the runner's folder is mounted. */
const DEFAULT_FOLDER = '/plugins';
const REGISTRY = 'registry.gitlab.com';
const NAMESPACE = 'gitlab-org/fleeting/plugins';
/** Elements of a path that Go's modules take, and so the runner. */
const ELEMENT = /^[A-Za-z0-9_~-]([A-Za-z0-9._~-]*[A-Za-z0-9_~-])?$/;

/**
 * Copies this program to where GitLab Runner looks for the plugin of this repository; resolves with that folder. What is
 * there already stays: a version never changes. Nothing half-copied is ever found there. Rejects with `invalid-input`, and
 * with `permission-denied` or `unavailable` where nothing can be written.
 */
export async function bootstrap({ repository, folder, version, program }: Bootstrap): Promise<string> {
  const attempted = `install this plugin as ${JSON.stringify(repository)}`;
  const root = folder ?? DEFAULT_FOLDER;
  const path = repositoryPath(repository);
  const problems = [...pathProblems(path), ...(await folderProblems(folder))];
  const error = inputError(attempted, problems);
  if (error !== undefined) throw error;
  const elements = path.split('/').map(escaped);
  const target = join(root, ...elements, version);
  if (await isThere(target)) return target;
  const files = await programFiles(program);
  let temporary: string | undefined;
  try {
    temporary = await mkdtemp(join(root, 'plugin'));
    for (const [name, file] of files) {
      await copyFile(file, join(temporary, name));
      await chmod(join(temporary, name), name === STARTED_FILE ? 0o755 : await readableMode(file));
    }
    await chmod(temporary, 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target);
  } catch (thrown) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    // Another bootstrap of the same version was faster.
    if (await isThere(join(target, STARTED_FILE))) return target;
    throw await unwritten(thrown, attempted, { root, elements, files: files.values() });
  }
  return target;
}

/** The repository with its registry, and without a version: this program knows its own. */
export function repositoryPath(repository: string): string {
  const parts = repository.split('/');
  const [first = ''] = parts;
  const last = (parts.at(-1) ?? '').replace(/:.*$/, '');
  const path = [...parts.slice(0, -1), last].join('/');
  if (parts.length === 1) return `${REGISTRY}/${NAMESPACE}/${path}`;
  return first.includes('.') ? path : `${REGISTRY}/${path}`;
}

/** For every user, and executable if it is: the runner's user need not be the one that installs. */
async function readableMode(file: string): Promise<number> {
  return ((await stat(file)).mode & 0o111) === 0 ? 0o644 : 0o755;
}

function pathProblems(path: string): string[] {
  if (path.split('/').every((element) => ELEMENT.test(element))) return [];
  const wanted =
    'letters, digits, ".", "_", "-" and "~" between slashes, e.g. registry.example.com/ci/nutanix';
  return [`"${path}" cannot be the folder of a plugin: the runner takes ${wanted}, and no port`];
}

async function folderProblems(folder: string | undefined): Promise<string[]> {
  const root = folder ?? DEFAULT_FOLDER;
  const found = await unlessCode(
    stat(root).catch((thrown: unknown) => {
      throw OperationError.from(thrown, 'look').with({ code: 'not-found' });
    }),
    'not-found',
  );
  if (found?.isDirectory() === true) return [];
  const mounted = folder === undefined ? ', and a container needs a volume there' : '';
  return [`the folder of plugins ${root} is not there; FLEETING_PLUGIN_PATH names another one${mounted}`];
}

/** A write that failed, in words that say which folder has to be mended, and how. */
async function unwritten(
  thrown: unknown,
  attempted: string,
  { root, elements, files }: Written,
): Promise<OperationError> {
  const error = (code: ErrorCode, problem: string, advice: string): OperationError =>
    new OperationError({ code, attempted, problem, advice, cause: thrown });
  if (hasSystemCode(thrown, 'EROFS'))
    return error('permission-denied', `${root} is mounted read-only`, 'Mount it so that it can be written.');
  if (hasSystemCode(thrown, 'ENOSPC', 'EDQUOT')) {
    const sizes = await Promise.all([...files].map(async (file) => (await stat(file)).size));
    const megabytes = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
    return error('unavailable', `${root} has no room for ${megabytes} MB`, 'Make room there.');
  }
  const refused = hasSystemCode(thrown, 'EACCES', 'EPERM') ? await refusingFolder(root, elements) : undefined;
  if (refused === undefined) return OperationError.from(thrown, attempted);
  const { uid, gid, mode } = await stat(refused);
  const belongs = `belongs to user ${uid} and group ${gid}, with mode ${(mode & 0o7777).toString(8)}`;
  const user = process.getuid === undefined ? 'this user' : `user ${process.getuid()}`;
  return error(
    'permission-denied',
    `${user} may not write into ${refused}, which ${belongs}`,
    "Run it as a user who may, or let this one write there (in Kubernetes: the pod's fsGroup).",
  );
}

/** The folder on the way to the plugin's into which this process may not write; undefined = there is none. */
async function refusingFolder(root: string, elements: readonly string[]): Promise<string | undefined> {
  let deepest = root;
  for (const element of elements) {
    const next = join(deepest, element);
    if (!(await isThere(next))) break;
    deepest = next;
  }
  for (const folder of [root, deepest]) {
    const mayWrite = access(folder, constants.W_OK | constants.X_OK);
    const isRefused = await mayWrite.then(
      () => false,
      () => true,
    );
    if (isRefused) return folder;
  }
  return undefined;
}

/** As Go's modules write upper-case letters in paths of files, so that those that do not tell them apart do. */
function escaped(element: string): string {
  return element.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
