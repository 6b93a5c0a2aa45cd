import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { machineNameProblem } from '../../settings/index.js';
import { expandNames } from './expand.js';
import { readYaml } from './positions.js';

/** No more than what can be completed; the rest of the file may be wrong. */
const groupShape = z.looseObject({ name: z.string(), count: z.int().min(1).max(1000).optional() });
const fileShape = z.looseObject({ groups: z.array(z.unknown()) });

/**
 * The names of the hosts of a declaration that may be half written: for completion, which needs no secret, asks no
 * server and never fails. Only names that hosts can have, since a shell reads them.
 */
export async function namesInFile(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const { data } = fileShape.safeParse(readYaml(text).value);
  return (data?.groups ?? []).flatMap((entry) => {
    const group = groupShape.safeParse(entry).data;
    const names = group === undefined ? [] : expandNames(group.name, group.count);
    return typeof names === 'string' ? [] : names.filter((name) => machineNameProblem(name) === undefined);
  });
}
