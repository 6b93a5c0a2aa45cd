import type { TaskRecord } from '../../core/task-engine.js';
import type { Answer } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { entityView, taskView } from './view.js';

const TIMES = ['createdTime', 'startedTime', 'lastUpdatedTime', 'completedTime'];

/** Tasks of every API, as their list is filtered, ordered and shown; the oldest come first (reference v4 4.4). */
export function taskListing(world: V4World, { version }: V4Call): Listing<TaskRecord> {
  return {
    filterable: {
      extId: 'text',
      status: 'enumeration',
      operation: 'text',
      progressPercentage: 'number',
      isBackgroundTask: 'flag',
      isCancelable: 'flag',
      'parentTask/extId': 'text',
      'rootTask/extId': 'text',
      'ownedBy/extId': 'text',
      'ownedBy/name': 'text',
      entitiesAffected: { extId: 'text', rel: 'text', name: 'text' },
      clusterExtIds: { '': 'text' },
      ...Object.fromEntries(TIMES.map((name) => [name, 'moment'])),
    },
    orderable: [...TIMES, 'operation', 'status', 'progressPercentage'],
    view: (task) => taskView(world, version.minor, task),
  };
}

/** GET tasks/{extId}/affected-entities: those that the task itself names, in pages. */
export function entitiesOf(world: V4World, call: V4Call, task: TaskRecord): Answer {
  return answeredList(world, call, {
    type: 'prism.v4.config.ListTaskEntitiesApiResponse',
    listing: {
      filterable: { extId: 'text', name: 'text', rel: 'text' },
      orderable: [],
      view: (entity) => entityView(world, entity),
    },
    records: task.entities,
  });
}
