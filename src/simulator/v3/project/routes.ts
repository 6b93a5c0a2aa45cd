import type { ProjectRecord } from '../../core/store/records.js';
import type { Route } from '../../http/route.js';
import { intentRoutes } from '../intent/routes.js';
import { undeletable } from '../refusal.js';
import type { V3World } from '../world.js';
import { projectConfig, projectView } from './view.js';

export function projectRoutes(world: V3World): Route[] {
  return intentRoutes(world, {
    kind: 'project',
    plural: 'projects',
    definition: 'project_intent_input',
    listDefinition: 'project_list_metadata',
    collection: world.store.projects,
    attributes: { name: (project) => [project.name] },
    view: (project) => projectView(world, project),
    create: (entity, { resources }): ProjectRecord => ({
      ...entity,
      projectUuid: undefined,
      isDefault: false,
      ...projectConfig(resources),
    }),
    update: (project, { resources }) => {
      Object.assign(project, projectConfig(resources));
    },
    remove: (project) => {
      if (!project.isDefault) return;
      throw undeletable('The default project cannot be deleted.');
    },
  });
}
