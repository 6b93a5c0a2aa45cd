import type { ProjectRecord } from '../../core/store/records.js';
import { typed } from '../message/typed.js';
import type { V4World } from '../world.js';

/** A project. Source: reference v4 5; no recording. */
export function projectView({ served }: V4World, project: ProjectRecord): Record<string, unknown> {
  return typed(served, 'multidomain.v4.config.Project', {
    extId: project.uuid,
    // The same once more, as the models have it.
    id: project.uuid,
    name: project.name,
    description: project.description,
    isDefault: project.isDefault,
    isSystemDefined: project.isDefault,
    state: project.state === 'DELETE_PENDING' ? 'DELETING' : 'ACTIVE',
    createdTimestamp: new Date(project.createdAt).toISOString(),
    modifiedTimestamp: new Date(project.updatedAt).toISOString(),
    createdBy: project.owner.uuid,
  });
}
