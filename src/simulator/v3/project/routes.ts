import { ok, param, type Answer, type Call, type Route } from '../../http/route.js';
import { listAnswer } from '../listing/page.js';
import { Refusal } from '../../core/refusal.js';
import type { ProjectRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { acceptCreate } from '../intent/create.js';
import { acceptUpdate } from '../intent/update.js';
import { acceptWork, deletionAnswer } from '../intent/work.js';
import { metadataView, statusExtras } from '../references.js';

const kind = 'project';

/** Lists that a project has in status even when they are empty. */
const EMPTY_LISTS = {
  account_reference_list: [],
  cluster_reference_list: [],
  environment_reference_list: [],
  external_network_list: [],
  external_user_group_reference_list: [],
  subnet_reference_list: [],
  tunnel_reference_list: [],
  user_reference_list: [],
  vpc_reference_list: [],
};

export function projectRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: '/projects', kind, handle: (call) => create(world, call) },
    { method: 'POST', path: '/projects/list', kind, handle: (call) => list(world, call) },
    {
      method: 'GET',
      path: '/projects/:uuid',
      kind,
      handle: (call) => ok({ api_version: '3.1', ...projectView(world, existingProject(world, call)) }),
    },
    { method: 'PUT', path: '/projects/:uuid', kind, handle: (call) => update(world, call) },
    { method: 'DELETE', path: '/projects/:uuid', kind, handle: (call) => remove(world, call) },
  ];
}

export interface ProjectView {
  readonly metadata: Record<string, unknown>;
  readonly spec: Record<string, unknown>;
  readonly status: Record<string, unknown>;
}

/** A project as GET and lists show it. */
export function projectView(world: World, project: ProjectRecord): ProjectView {
  const description = project.description === undefined ? {} : { description: project.description };
  return {
    metadata: metadataView(world, kind, project),
    spec: { name: project.name, ...description, resources: project.resources },
    status: {
      name: project.name,
      ...description,
      state: project.state,
      resources: { ...EMPTY_LISTS, ...project.resources, is_default: project.isDefault },
      ...statusExtras(project),
    },
  };
}

function list(world: World, call: Call): Answer {
  const input = world.validator.check('project_list_metadata', call.body, kind);
  const listing = {
    kind,
    records: call.user.role === 'viewer' ? [] : world.store.projects,
    attributes: { name: (project: ProjectRecord) => [project.name] },
    view: (project: ProjectRecord) => projectView(world, project),
  };
  return ok(listAnswer(listing, input));
}

/** The project that the path names. */
export function existingProject(world: World, call: Call): ProjectRecord {
  const uuid = param(call, 'uuid');
  const project = world.store.projects.get(uuid);
  if (project === undefined) throw Refusal.notFound(kind, uuid);
  return project;
}

function create(world: World, call: Call): Answer {
  const input = world.validator.check('project_intent_input', call.body, kind);
  const { resources } = input.spec;
  return acceptCreate(world, call, {
    kind,
    input,
    collection: world.store.projects,
    record: (entity): ProjectRecord => ({ ...entity, projectUuid: undefined, isDefault: false, resources }),
    run: () => undefined,
  });
}

function update(world: World, call: Call): Answer {
  const project = existingProject(world, call);
  const input = world.validator.check('project_intent_input', call.body, kind);
  return acceptUpdate(world, call, {
    kind,
    input,
    spec: input.spec,
    record: project,
    run: () => {
      project.name = input.spec.name;
      project.description = input.spec.description;
      project.resources = input.spec.resources;
    },
  });
}

function remove(world: World, call: Call): Answer {
  const project = existingProject(world, call);
  const task = acceptWork(world, call, {
    kind,
    operation: 'delete',
    record: project,
    run: () => {
      if (project.isDefault) {
        const message = 'The default project cannot be deleted.';
        throw new Refusal({ status: 422, reason: 'ENTITY_DELETION_FAILED', message });
      }
      world.store.projects.delete(project.uuid);
    },
  });
  return deletionAnswer(kind, task);
}
