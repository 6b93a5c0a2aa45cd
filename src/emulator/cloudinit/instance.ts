import { parse as parseYaml } from 'yaml';
import type { GuestSpec } from '../../simulator/index.js';
import { isMapping, pick, text, texts, type Mapping } from './narrow.js';

/** What the data source says of the instance. */
export interface Instance {
  /** What was done once for this id is not done again. */
  readonly id: string;
  readonly hostname: string;
  readonly publicKeys: readonly string[];
  /** For jinja templates. */
  readonly metaData: Mapping;
}

/** Reads meta-data (JSON or YAML); what is missing comes from the VM itself. */
export function instanceOf(spec: GuestSpec): Instance {
  const metaData = parseMetaData(spec.metaData ?? '');
  const keys = pick(metaData, 'public-keys', 'public_keys');
  return {
    id: text(pick(metaData, 'instance-id', 'instance_id', 'uuid')) ?? spec.vmUuid,
    hostname: text(pick(metaData, 'local-hostname', 'local_hostname', 'hostname')) ?? hostnameFrom(spec.name),
    publicKeys: isMapping(keys) ? Object.values(keys).flatMap(texts) : texts(keys),
    metaData,
  };
}

function parseMetaData(written: string): Mapping {
  try {
    const parsed: unknown = parseYaml(written, { maxAliasCount: 100 });
    return isMapping(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** VM names may hold what host names may not. */
function hostnameFrom(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return cleaned === '' ? 'localhost' : cleaned.slice(0, 63);
}

/** Renders the `{{ … }}` of a jinja template from instance data. Blocks and filters are left as they are. */
export function renderJinja(template: string, { id, hostname, metaData }: Instance): string {
  const data: Mapping = {
    v1: { instance_id: id, local_hostname: hostname, cloud_name: 'nutanix', platform: 'nutanix' },
    ds: { meta_data: metaData },
    instance_id: id,
    local_hostname: hostname,
  };
  return template
    .replace(/^## template:.*\n/, '')
    .replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_whole, path: string) => {
      const value = path
        .split('.')
        .reduce<unknown>((current, name) => (isMapping(current) ? current[name] : undefined), data);
      return text(value) ?? `CI_MISSING_JINJA_VAR/${path}`;
    });
}
