import { copyFile, chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inputError, isThere, OperationError, unlessCode } from '../../support/index.js';

/** What `bootstrap` is told; of the process. */
export interface Bootstrap {
  /** What the runner's configuration has as `plugin`: `nutanix`, `GROUP/PROJECT` or `REGISTRY/PATH`, with or without `:VERSION`. */
  readonly repository: string;
  /** FLEETING_PLUGIN_PATH: the folder in which the runner looks for plugins. */
  readonly folder: string | undefined;
  readonly version: string;
  /** Full path of this executable. */
  readonly executable: string;
}

/** Of containers, into which the runner's folder is mounted. */
const DEFAULT_FOLDER = '/plugins';
const REGISTRY = 'registry.gitlab.com';
const NAMESPACE = 'gitlab-org/fleeting/plugins';
/** A runner starts the file of this name, whatever the plugin is called. */
const FILE_NAME = process.platform === 'win32' ? 'plugin.exe' : 'plugin';
/** Elements of a path that Go's modules take, and so the runner. */
const ELEMENT = /^[A-Za-z0-9_~-]([A-Za-z0-9._~-]*[A-Za-z0-9_~-])?$/;

/**
 * Copies this executable to where GitLab Runner looks for the plugin of this repository; resolves with that folder. What is
 * there already stays: a version never changes. Nothing half-copied is ever found there. Rejects with `invalid-input`.
 */
export async function bootstrap({ repository, folder, version, executable }: Bootstrap): Promise<string> {
  const attempted = `install this plugin as ${JSON.stringify(repository)}`;
  const root = folder ?? DEFAULT_FOLDER;
  const path = repositoryPath(repository);
  const problems = [...pathProblems(path), ...(await folderProblems(root))];
  const error = inputError(attempted, problems);
  if (error !== undefined) throw error;
  const target = join(root, ...path.split('/').map(escaped), version);
  if (await isThere(target)) return target;
  const temporary = await mkdtemp(join(root, 'plugin'));
  try {
    await copyFile(executable, join(temporary, FILE_NAME));
    await chmod(join(temporary, FILE_NAME), 0o755);
    await chmod(temporary, 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target);
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    // Another bootstrap of the same version was faster.
    if (!(await isThere(join(target, FILE_NAME)))) throw OperationError.from(thrown, attempted);
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

function pathProblems(path: string): string[] {
  if (path.split('/').every((element) => ELEMENT.test(element))) return [];
  const wanted =
    'letters, digits, ".", "_", "-" and "~" between slashes, e.g. registry.example.com/ci/nutanix';
  return [`"${path}" cannot be the folder of a plugin: the runner takes ${wanted}, and no port`];
}

async function folderProblems(root: string): Promise<string[]> {
  const found = await unlessCode(
    stat(root).catch((thrown: unknown) => {
      throw OperationError.from(thrown, 'look').with({ code: 'not-found' });
    }),
    'not-found',
  );
  if (found?.isDirectory() === true) return [];
  return [`the folder of plugins ${root} is not there; FLEETING_PLUGIN_PATH names another one`];
}

/** As Go's modules write upper-case letters in paths of files, so that those that do not tell them apart do. */
function escaped(element: string): string {
  return element.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
