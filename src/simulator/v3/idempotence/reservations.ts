import { Refusal } from '../../core/refusal.js';
import type { ReservationRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';

/** Refuses a UUID of the client's that was not reserved, has expired, or has served. */
export function checkReservedUuid(world: World, uuid: string, kind: string): void {
  const reservation = reservationOf(world, uuid);
  const problem =
    reservation === undefined
      ? 'was not reserved'
      : reservation.expiresAt <= world.time.now()
        ? 'has expired'
        : reservation.used.includes(uuid)
          ? 'was used before'
          : undefined;
  if (problem === undefined) return;
  throw new Refusal({ status: 400, reason: 'INVALID_UUID', message: `The UUID ${uuid} ${problem}`, kind });
}

/** Notes that a reserved UUID now is an entity's. */
export function consumeReservedUuid(world: World, uuid: string): void {
  reservationOf(world, uuid)?.used.push(uuid);
}

/** What a second create with the UUID of an entity that is there gets when it is not answered like the first. */
export function uuidInUse(uuid: string, kind: string): Refusal {
  const message = `The UUID ${uuid} is in use`;
  return new Refusal({ status: 400, reason: 'ENTITY_ALREADY_EXISTS', message, kind });
}

function reservationOf(world: World, uuid: string): ReservationRecord | undefined {
  return world.store.reservations.find(({ uuids }) => uuids.includes(uuid));
}
