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
 * A project. Only the newest servers tell projects by name on their v4 API (reference v4 5); elsewhere the id is needed,
 * and used unchecked. VMs have a project from vmm 4.1 on (reference v4 1.2).
 */
export async function findProject(api: V4Api, name: string, { signal }: CallContext): Promise<FoundProject> {
  const wanted: Wanted = { kind: 'project', name };
  if (api.versionOf('vmm') === '4.0') {
    throw unusable(
      wanted,
      'the v4 API of this Prism Central (vmm 4.0) cannot put a VM into a project',
      'Use its v3 API for this machine.',
    );
  }
  if (api.versionOf('multidomain') === undefined) {
    if (isUuid(name)) return found({ id: name.toLowerCase(), name });
    throw unusable(
      wanted,
      'the v4 API of this Prism Central does not tell projects by name',
      "Give the project's UUID instead of its name, or use its v3 API for this machine.",
    );
  }
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
