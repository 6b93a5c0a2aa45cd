import { parse as parseYaml } from 'yaml';
import { renderJinja, type Instance } from './instance.js';
import { mergeConfigs } from './merge.js';
import { isMapping, type Mapping } from './narrow.js';
import { userDataParts, type UserDataPart } from './user-data.js';

/** User-data after parsing: one configuration, the scripts in order, and what was wrong. */
export interface Configuration {
  readonly config: Mapping;
  readonly scripts: readonly UserDataPart[];
  readonly boothooks: readonly UserDataPart[];
  /** Faults that cloud-init reports and survives. */
  readonly warnings: readonly string[];
}

/** Reads user-data as cloud-init's handlers do. Never throws: faults are warnings. */
export function readConfiguration(userData: string | undefined, instance: Instance): Configuration {
  const warnings: string[] = [];
  const scripts: UserDataPart[] = [];
  const boothooks: UserDataPart[] = [];
  let config: Mapping = {};
  const handle = (part: UserDataPart, rendered: boolean): void => {
    switch (part.kind) {
      case 'cloud-config':
        config = addConfig(config, part, warnings);
        return;
      case 'script':
        scripts.push(part);
        return;
      case 'boothook':
        boothooks.push(part);
        return;
      case 'jinja':
        if (!rendered)
          for (const inner of userDataParts(renderJinja(part.text, instance))) handle(inner, true);
        return;
      case 'include':
        warnings.push(`Failed fetching include of part ${part.name}: an emulated guest has no network`);
        return;
      case 'unhandled':
        warnings.push(
          `Unhandled non-multipart (text/x-not-multipart) userdata: '${part.text.slice(0, 24).trim()}...'`,
        );
    }
  };
  for (const part of userDataParts(userData ?? '')) handle(part, false);
  return { config, scripts, boothooks, warnings };
}

function addConfig(earlier: Mapping, part: UserDataPart, warnings: string[]): Mapping {
  try {
    const parsed: unknown = parseYaml(part.text, { maxAliasCount: 100, version: '1.1' });
    if (parsed === null || parsed === undefined) return earlier;
    if (isMapping(parsed)) return mergeConfigs(earlier, parsed, part.mergeType);
    warnings.push(`Failed loading yaml blob. Yaml load allows (<class 'dict'>,) root types, but got another`);
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    warnings.push(`Failed loading yaml blob. Invalid format at ${problem}`);
  }
  return earlier;
}
