import type { ProjectRecord } from '../../core/store/records.js';
import { param } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import { entityAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { digestTag } from '../precondition/entity-tag.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';
import { projectView } from './view.js';

const kind = 'project';

/** multidomain: projects, which are there as a release candidate only (4.4.b1); read-only here. */
export function projectRoutes(world: V4World): V4Route[] {
  const { projects } = world.store;
  const listing: Listing<ProjectRecord> = {
    filterable: { extId: 'text', name: 'text', isDefault: 'flag', isSystemDefined: 'flag' },
    orderable: ['name'],
    view: (project) => projectView(world, project),
  };
  return [
    {
      method: 'GET',
      path: '/config/projects',
      kind,
      handle: (call) =>
        answeredList(world, call, {
          type: 'multidomain.v4.config.ListProjectsApiResponse',
          listing,
          records: projects,
        }),
    },
    {
      method: 'GET',
      path: '/config/projects/:extId',
      kind,
      handle: (call) => {
        const extId = param(call, 'extId');
        const project = projects.get(extId);
        if (project === undefined) throw unknownProject(extId);
        const data = projectView(world, project);
        const type = 'multidomain.v4.config.GetProjectApiResponse';
        return entityAnswer(world, call, { type, data, tag: digestTag(data) });
      },
    },
  ];
}

/** Made up: no error of this namespace is recorded. */
function unknownProject(extId: string): Error {
  const message = `There is no project with the external identifier ${extId}.`;
  return rejection({
    namespace: 'multidomain',
    status: 404,
    code: 'MDM-10006',
    group: 'ENTITY_NOT_FOUND',
    message,
    arguments: { extId },
  });
}
