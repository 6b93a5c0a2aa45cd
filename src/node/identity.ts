import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { NodePaths } from './node-paths.js';
import type { NodeIdentity } from './storage-node.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Firmware without an id of its own shows this one on many boards, so that it tells no two computers apart. */
const FACTORY_UUID = '03000200-0400-0500-0006-000700080009';

/** Hostname, the VM's id and the initiator's name; what cannot be read is left out. */
export async function identifyNode(paths: NodePaths): Promise<NodeIdentity> {
  const [uuid, initiator] = await Promise.all([
    textOrNothing(join(paths.sys, 'class/dmi/id/product_uuid')),
    textOrNothing(join(paths.iscsi, 'initiatorname.iscsi')),
  ]);
  return { hostname: hostname(), vmId: vmIdIn(uuid), initiatorName: initiatorNameIn(initiator) };
}

/**
 * The VM's id in the text of DMI's `product_uuid`, lower case (kernels before 3.10 wrote capitals); undefined for what
 * identifies nothing: words, one digit repeated, an id that a factory gives to all its boards.
 */
export function vmIdIn(text: string | undefined): string | undefined {
  const id = text?.trim().toLowerCase() ?? '';
  const isReal = UUID.test(id) && id !== FACTORY_UUID && new Set(id.replaceAll('-', '')).size > 1;
  return isReal ? id : undefined;
}

/** The name in open-iscsi's file: the last line `InitiatorName=…` that is no comment. */
export function initiatorNameIn(text: string | undefined): string | undefined {
  const names = [...(text ?? '').matchAll(/^[ \t]*InitiatorName[ \t]*=[ \t]*(\S+)/gm)];
  return names.at(-1)?.[1];
}

async function textOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
