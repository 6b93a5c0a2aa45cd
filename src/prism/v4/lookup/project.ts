import type { CallContext, Reference } from '../../../provider/index.js';
import {
  ambiguous,
  isUuid,
  lookingUp,
  notFound,
  unusable,
  type FoundProject,
  type Wanted,
} from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { listAll } from '../list.js';
import { listNamed, named } from './entities.js';

const LIST = { namespace: 'multidomain', path: '/config/projects', item: named } as const;

/**
 * Why a VM cannot be put into this project through this API: VMs have one from vmm 4.1 on (reference v4 1.2), and only the
 * newest servers tell projects by name (reference v4 5). undefined = it can.
 */
export function projectShortcoming(api: V4Api, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (api.versionOf('vmm') === '4.0') {
    return 'the v4 API of this Prism Central (vmm 4.0) cannot put a VM into a project';
  }
  if (api.versionOf('multidomain') !== undefined || isUuid(name)) return undefined;
  return 'the v4 API of this Prism Central does not tell projects by name';
}

/** A project. Where the server does not tell projects on this API, its id is needed, and used unchecked. */
export async function findProject(api: V4Api, name: string, { signal }: CallContext): Promise<FoundProject> {
  const wanted: Wanted = { kind: 'project', name };
  const shortcoming = projectShortcoming(api, name);
  if (shortcoming !== undefined) {
    const hasProjects = api.versionOf('vmm') !== '4.0';
    const other = hasProjects ? "Give the project's UUID instead of its name, or use" : 'Use';
    throw unusable(wanted, shortcoming, `${other} its v3 API for this machine.`);
  }
  if (api.versionOf('multidomain') === undefined) return found({ id: name.toLowerCase(), name });
  const attempt = { attempted: lookingUp(wanted), signal };
  const meant = isUuid(name)
    ? (await listAll(api, LIST, attempt)).filter(({ extId }) => extId === name.toLowerCase())
    : await listNamed(api, LIST, name, attempt);
  const [only, second] = meant;
  if (only === undefined) {
    const visible = await listAll(api, LIST, attempt);
    throw notFound(
      wanted,
      visible.flatMap((one) => one.name ?? []),
    );
  }
  if (second !== undefined) {
    throw ambiguous(
      wanted,
      meant.map((one) => ({ id: one.extId, name })),
    );
  }
  return found({ id: only.extId, name: only.name ?? name });
}

/** What a project allows is not told; the create has the last word. */
function found(project: Reference): FoundProject {
  return { project, objections: () => [] };
}
