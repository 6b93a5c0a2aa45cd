import type { ProjectRecord } from '../../core/store/records.js';
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
