/**
 * Makes src/simulator/v3/schema/prism-v3.json out of the vendor's description of the v3 API (the file
 * v3/swagger.json of prism-go-client, see NOTICE): the request bodies the simulator checks, and what they
 * refer to, reduced to types, required fields, enumerations, lengths, bounds and patterns. No prose is kept.
 *
 *   node scripts/compact-prism-schema.mjs path/to/swagger.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const ROOTS = [
  'access_control_policy_list_metadata',
  'batch_request',
  'category_key',
  'category_list_metadata',
  'category_query_input',
  'category_value',
  'cluster_list_metadata',
  'groups_get_entities_request',
  'host_list_metadata',
  'idempotence_identifiers_input',
  'image_intent_input',
  'image_list_metadata',
  'permission_list_metadata',
  'project_intent_input',
  'project_internal_intent_input',
  'project_list_metadata',
  'role_list_metadata',
  'subnet_intent_input',
  'subnet_list_metadata',
  'task_list_metadata',
  'task_poll_input',
  'user_group_list_metadata',
  'user_list_metadata',
  'vm_clone_input',
  'vm_intent_input',
  'vm_list_metadata',
  'vm_set_power_state_input',
  'volume_group_intent_input',
  'volume_group_list_metadata',
];

const KEPT = [
  'type',
  'required',
  'enum',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'pattern',
  'additionalProperties',
];

/** Places where the vendor's description contradicts what its servers take. */
const CORRECTIONS = {
  // An inner request's body may hold more than objects: `api_version` is a text.
  api_request: (definition) => delete definition.properties.body.additionalProperties,
};

const swaggerPath = process.argv[2];
if (swaggerPath === undefined) {
  console.error('usage: node scripts/compact-prism-schema.mjs path/to/swagger.json');
  process.exit(2);
}
const { definitions } = JSON.parse(readFileSync(swaggerPath, 'utf8'));

const wanted = new Map();
for (const root of ROOTS) collect(root);
const sorted = Object.fromEntries([...wanted].sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  'src/simulator/v3/schema/prism-v3.json',
  `${JSON.stringify({ definitions: sorted }, null, 2)}\n`,
);

function collect(name) {
  if (wanted.has(name)) return;
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`the schema has no definition "${name}"`);
  wanted.set(name, {});
  const compacted = compact(definition);
  CORRECTIONS[name]?.(compacted);
  // Sending GET's `status` back is refused, as every client that removes it knows.
  if (name.endsWith('_intent_input')) compacted.additionalProperties = false;
  wanted.set(name, compacted);
}

/** One schema object without prose. `x-ntnx-enum` and `x-ntnx-one-of` are the vendor's spelling of `enum` and `oneOf`. */
function compact(node) {
  if (node.$ref !== undefined) {
    collect(node.$ref.replace('#/definitions/', ''));
    return { $ref: node.$ref };
  }
  const result = {};
  for (const key of KEPT) {
    if (node[key] !== undefined) result[key] = node[key];
  }
  if (typeof node.additionalProperties === 'object') {
    result.additionalProperties = compact(node.additionalProperties);
  }
  if (node['x-ntnx-enum'] !== undefined) result.enum = node['x-ntnx-enum'];
  if (node['x-ntnx-one-of'] !== undefined) result.oneOf = node['x-ntnx-one-of'];
  if (node.items !== undefined) result.items = compact(node.items);
  if (node.properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(node.properties).map(([name, property]) => [name, compact(property)]),
    );
  }
  return result;
}
