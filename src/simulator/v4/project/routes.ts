import type { ProjectRecord } from '../../core/store/records.js';
import { param } from '../../http/route.js';
import type { EntityType } from '../entity-routes.js';
import { found } from '../message/error.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { projectView } from './view.js';

/** multidomain: projects, which are there as a release candidate only (4.4.b1); read-only here. */
export const PROJECTS: EntityType<ProjectRecord> = {
  kind: 'project',
  path: '/config/projects',
  model: 'multidomain.v4.config',
  word: 'Project',
  listing: (world) => ({
    filterable: { extId: 'text', name: 'text', isDefault: 'flag', isSystemDefined: 'flag' },
    orderable: ['name'],
    view: (project) => projectView(world, project),
  }),
  records: ({ store }) => store.projects,
  existing: existingProject,
};

/** Made up: no error of this namespace is recorded. */
function existingProject({ store }: V4World, call: V4Call): ProjectRecord {
  const extId = param(call, 'extId');
  const message = `There is no project with the external identifier ${extId}.`;
  return found(store.projects.get(extId), {
    namespace: 'multidomain',
    code: 'MDM-10006',
    group: 'ENTITY_NOT_FOUND',
    message,
    arguments: { extId },
  });
}
