import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Environment } from '../../settings/index.js';
import { connectionFlags } from './connection.js';
import { expandGroups } from './expand.js';
import type { Fleet } from './fleet.js';
import { fleetProblems, fleetWarnings } from './cross-field.js';
import { readYaml } from './positions.js';
import { BadFile, type FileProblem } from './problem.js';
import { fleetSchema } from './schema.js';
import { schemaProblems } from './schema-problems.js';
import { volumePlugin } from './volume-plugin.js';

/** Bytes; a file of a thousand hosts with an override each has less. */
const LARGEST = 4 * 1024 * 1024;

/** Reads the file. Rejects with BadFile, which holds everything that is wrong with it. */
export async function loadFleet(path: string, environment: Environment): Promise<Fleet> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadFile(path, [{ line: 1, column: 1, text: `cannot be read: ${reason}` }]);
  });
  if (text.length > LARGEST) throw new BadFile(path, [{ line: 1, column: 1, text: 'is larger than 4 MiB' }]);
  const result = parseFleet(text, file, environment);
  if ('problems' in result) throw new BadFile(path, result.problems);
  return result.fleet;
}

/** The same for a text that is at hand; `file` is what relative paths in it are relative to. */
export function parseFleet(
  text: string,
  file: string,
  environment: Environment,
): { readonly fleet: Fleet } | { readonly problems: readonly FileProblem[] } {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const parsed = fleetSchema.safeParse(yaml.value);
  if (!parsed.success) return { problems: schemaProblems(parsed.error, fleetSchema, yaml) };
  const entry = parsed.data;
  const connection = connectionFlags(entry.connection, environment, yaml);
  const expanded = expandGroups(entry, connection.flags, file, yaml);
  const volumes = volumePlugin(entry.volumes, file, yaml);
  const known = { ...environment, ...connection.secrets };
  const problems = [
    ...connection.problems,
    ...expanded.problems,
    ...volumes.problems,
    ...fleetProblems(entry, expanded.hosts, known, yaml),
  ];
  if (problems.length > 0) return { problems: inOrder(problems) };
  const { name, parallel, swarm, install = [], deploy = [], checks = [] } = entry;
  return {
    fleet: {
      name,
      file,
      parallel,
      hosts: expanded.hosts,
      secrets: connection.secrets,
      swarm,
      volumes: volumes.plugin,
      install,
      deploy,
      checks,
      warnings: fleetWarnings(expanded.hosts),
      problemAt: (path, text) => yaml.problemAt(path, text),
    },
  };
}

/** By place, each once: what is wrong for a whole group is not said for each of its hosts. */
export function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  const each = new Map(
    problems.map((problem) => [`${problem.line}:${problem.column}:${problem.text}`, problem]),
  );
  return [...each.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
