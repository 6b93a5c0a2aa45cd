import { randomInt, randomUUID } from 'node:crypto';
import { pendingRecord, type EntityRecord } from '../../core/store/entity.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';

/**
 * An id of something new: a UUID of version 4 whose variant digit is one of 4 to 7, where RFC 9562 has 8 to b
 * (recorded-v4 A1 to D2).
 */
export function machineId(): string {
  const uuid = randomUUID();
  return `${uuid.slice(0, 19)}${String(randomInt(4, 8))}${uuid.slice(20)}`;
}

/** The part of a new record that every entity type has: nothing but its name, and whose it is. */
export function newEntity(world: V4World, { user }: V4Call, name: string): EntityRecord {
  const owner = { uuid: user.uuid, name: user.username };
  return pendingRecord({ uuid: machineId(), name, owner, now: world.time.now() });
}
