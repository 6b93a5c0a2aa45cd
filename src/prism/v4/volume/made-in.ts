import type { V4Task } from '../task/task.js';

/**
 * The ids of what a task has made, each once: the entities of this relation, and what its details say under this name,
 * a text with commas or a list (reference v4 4.3, 6.6).
 */
export function madeIn(
  { entitiesAffected = [], completionDetails = [] }: V4Task = {},
  relation: string,
  detail: string,
): readonly string[] {
  const told = completionDetails
    .filter(({ name }) => name === detail)
    .flatMap(({ value }): unknown[] => [value].flat())
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : []));
  const affected = entitiesAffected.flatMap(({ extId, rel }) =>
    rel === relation && extId !== undefined ? [extId] : [],
  );
  return [...new Set([...told, ...affected].filter((id) => id !== ''))];
}
