import type {
  ImageSpec,
  IntentInput,
  ProjectInternalInput,
  ProjectSpec,
  SubnetSpec,
} from './entity-bodies.js';
import type { PowerActionInput, VmCloneInput, VmIntentInput } from '../vm/bodies.js';

export interface ListInput {
  readonly kind?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly filter?: string;
  readonly sort_attribute?: string;
  readonly sort_order?: 'ASCENDING' | 'DESCENDING';
}

export interface BatchInput {
  readonly execution_order?: 'SEQUENTIAL' | 'NON_SEQUENTIAL';
  readonly action_on_failure?: 'CONTINUE' | 'ABORT';
  readonly api_request_list: readonly {
    readonly operation: string;
    readonly path_and_params: string;
    readonly body?: unknown;
  }[];
}

export interface GroupsInput {
  readonly entity_type: string;
  readonly filter_criteria?: string;
  readonly group_member_count?: number;
  readonly group_member_offset?: number;
  readonly group_member_attributes?: readonly { readonly attribute: string }[];
  readonly group_member_sort_attribute?: string;
  readonly group_member_sort_order?: 'ASCENDING' | 'DESCENDING';
  readonly grouping_attribute?: string;
  readonly group_count?: number;
  readonly group_offset?: number;
  readonly group_sort_order?: 'ASCENDING' | 'DESCENDING';
  readonly entity_ids?: readonly string[];
}

export interface CategoryQueryInput {
  readonly usage_type?: 'APPLIED_TO' | 'USED_IN';
  readonly group_member_count?: number;
  readonly group_member_offset?: number;
  readonly category_filter?: {
    readonly type?: 'CATEGORIES_MATCH_ALL' | 'CATEGORIES_MATCH_ANY';
    readonly kind_list?: readonly string[];
    readonly params: Readonly<Record<string, readonly string[]>>;
  };
}

/** Definition in schema/prism-v3.json to the type of what it accepts. */
export interface RequestBodies {
  access_control_policy_list_metadata: ListInput;
  batch_request: BatchInput;
  category_key: {
    readonly name: string;
    readonly description?: string;
    readonly capabilities?: { readonly cardinality?: number };
  };
  category_list_metadata: ListInput;
  category_query_input: CategoryQueryInput;
  category_value: { readonly value?: string; readonly description?: string };
  cluster_list_metadata: ListInput;
  groups_get_entities_request: GroupsInput;
  host_list_metadata: ListInput;
  idempotence_identifiers_input: {
    readonly client_identifier?: string;
    readonly count: number;
    readonly valid_duration_in_minutes?: number;
  };
  image_intent_input: IntentInput<ImageSpec>;
  image_list_metadata: ListInput;
  permission_list_metadata: ListInput;
  project_intent_input: IntentInput<ProjectSpec>;
  project_internal_intent_input: ProjectInternalInput;
  project_list_metadata: ListInput;
  role_list_metadata: ListInput;
  subnet_intent_input: IntentInput<SubnetSpec>;
  subnet_list_metadata: ListInput;
  task_list_metadata: ListInput;
  task_poll_input: { readonly poll_timeout_seconds: number; readonly task_uuid_list: readonly string[] };
  user_group_list_metadata: ListInput;
  user_list_metadata: ListInput;
  vm_clone_input: VmCloneInput;
  vm_intent_input: VmIntentInput;
  vm_list_metadata: ListInput;
  vm_set_power_state_input: PowerActionInput;
  volume_group_list_metadata: ListInput;
}
