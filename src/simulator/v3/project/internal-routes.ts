import { ok, type Answer, type Call, type Route } from '../../http/route.js';
import { notModelled } from '../refusal.js';
import type { ProjectInternalInput } from '../schema/entity-bodies.js';
import type { ProjectRecord } from '../../core/store/records.js';
import type { V3World } from '../world.js';
import { acceptCreate, acceptUpdate } from '../intent/accept.js';
import { existingIn } from '../intent/routes.js';
import { projectConfig, projectResources, projectView } from './view.js';

const kind = 'project';

/**
 * projects_internal: the same projects in another envelope, which Terraform reads and may write them through.
 * It has no list and no DELETE; both are those of projects.
 */
export function projectInternalRoutes(world: V3World): Route[] {
  return [
    { method: 'POST', path: '/projects_internal', kind, handle: (call) => create(world, call) },
    {
      method: 'GET',
      path: '/projects_internal/:uuid',
      kind,
      handle: (call) => ok(internalView(world, existingIn(world.store.projects, kind, call))),
    },
    { method: 'PUT', path: '/projects_internal/:uuid', kind, handle: (call) => update(world, call) },
  ];
}

/** The view of projects, taken apart: the task and the state are beside the project's own part. */
function internalView(world: V3World, project: ProjectRecord): Record<string, unknown> {
  const { metadata, spec, status } = projectView(world, project);
  const { execution_context: context, state, ...projectStatus } = status;
  // Quotas are there even when nothing is limited: Terraform's provider counts on it.
  const resources = { resource_domain: {}, ...projectResources(project) };
  return {
    api_version: '3.1',
    metadata,
    spec: {
      project_detail: { ...spec, resources },
      access_control_policy_list: [],
      user_list: [],
      user_group_list: [],
    },
    status: {
      state,
      ...(context === undefined ? {} : { execution_context: context }),
      project_status: { ...projectStatus, state },
      access_control_policy_list_status: [],
    },
  };
}

function create(world: V3World, call: Call): Answer {
  const { metadata, spec } = checked(world, call);
  const { resources } = spec.project_detail;
  return acceptCreate(world, call, {
    kind,
    input: { metadata, spec: spec.project_detail },
    answeredSpec: spec,
    collection: world.store.projects,
    record: (entity): ProjectRecord => ({
      ...entity,
      projectUuid: undefined,
      isDefault: false,
      ...projectConfig(resources),
    }),
    run: () => undefined,
  });
}

function update(world: V3World, call: Call): Answer {
  const project = existingIn(world.store.projects, kind, call);
  const { metadata, spec } = checked(world, call);
  return acceptUpdate(world, call, {
    kind,
    metadata,
    spec: spec.project_detail,
    answeredSpec: spec,
    record: project,
    run: () => {
      Object.assign(project, projectConfig(spec.project_detail.resources));
    },
  });
}

/** Without the members and policies that this simulator does not model. */
function checked(world: V3World, call: Call): ProjectInternalInput {
  const input = world.validator.check('project_internal_intent_input', call.body, kind);
  const { access_control_policy_list: policies, user_list: users, user_group_list: groups } = input.spec;
  if ([policies, users, groups].every((list) => (list ?? []).length === 0)) return input;
  const message = 'Members and access control policies of projects are not modelled by this simulator';
  throw notModelled(message, kind);
}
