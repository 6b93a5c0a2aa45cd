import type { ProjectRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { intentView, type EntityView } from '../intent/view.js';
import type { ProjectSpec } from '../schema/entity-bodies.js';

/** What a client says of a project besides its name and its owner. */
type ProjectConfig = Pick<ProjectRecord, 'clusters' | 'subnets' | 'extras'>;

/** What a request says of a project. */
export function projectConfig(spec: ProjectSpec): ProjectConfig {
  const { cluster_reference_list: clusters, subnet_reference_list: subnets, ...extras } = spec;
  return { clusters: clusters && [...clusters], subnets: subnets && [...subnets], extras };
}

/** The `resources` of a project. */
export function projectResources({ clusters, subnets, extras }: ProjectConfig): ProjectSpec {
  return {
    ...(clusters === undefined ? {} : { cluster_reference_list: clusters }),
    ...(subnets === undefined ? {} : { subnet_reference_list: subnets }),
    ...extras,
  };
}

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

/** A project as GET and lists show it. */
export function projectView(world: World, project: ProjectRecord): EntityView {
  const resources = projectResources(project);
  const filledIn = { ...EMPTY_LISTS, ...resources, is_default: project.isDefault };
  return intentView(world, 'project', project, { resources, filledIn });
}
