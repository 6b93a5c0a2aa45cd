import { randomUUID } from 'node:crypto';
import { Refusal } from '../core/refusal.js';
import { v3Refusal } from './refusal.js';
import type { ReservationRecord } from '../core/store/records.js';
import { timestamp } from '../core/time.js';
import type { World } from '../core/world.js';
import { ok, param, type Call, type Route } from '../http/route.js';
import type { V3World } from './world.js';

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
  throw v3Refusal({ status: 400, reason: 'INVALID_UUID', message: `The UUID ${uuid} ${problem}`, kind });
}

/** Notes that a reserved UUID now is an entity's. */
export function consumeReservedUuid(world: World, uuid: string): void {
  reservationOf(world, uuid)?.used.push(uuid);
}

/** What a second create with the UUID of an entity that is there gets when it is not answered like the first. */
export function uuidInUse(uuid: string, kind: string): Refusal {
  const message = `The UUID ${uuid} is in use`;
  return new Refusal({ code: 'already-exists', entityType: kind, id: uuid, message });
}

function reservationOf(world: World, uuid: string): ReservationRecord | undefined {
  return world.store.reservations.find(({ uuids }) => uuids.includes(uuid));
}

const kind = 'idempotence_identifiers';
const DEFAULT_MINUTES = 527_040;

/** idempotence_identifiers: UUIDs set aside, which a create may then name. */
export function idempotenceRoutes(world: V3World): Route[] {
  return [
    {
      method: 'POST',
      path: '/idempotence_identifiers',
      kind,
      handle: (call) => {
        const input = world.validator.check('idempotence_identifiers_input', call.body, kind);
        const minutes = input.valid_duration_in_minutes ?? DEFAULT_MINUTES;
        const reservation: ReservationRecord = {
          clientIdentifier: input.client_identifier ?? randomUUID(),
          uuids: Array.from({ length: input.count }, () => randomUUID()),
          used: [],
          expiresAt: world.time.now() + minutes * 60_000,
        };
        world.store.reservations.put(reservation);
        return ok(reservationView(reservation));
      },
    },
    {
      method: 'GET',
      path: '/idempotence_identifiers/:client_identifier',
      kind,
      handle: (call) => ok(reservationView(existing(world, call))),
    },
    {
      method: 'DELETE',
      path: '/idempotence_identifiers/:client_identifier',
      kind,
      handle: (call) => {
        world.store.reservations.delete(existing(world, call).clientIdentifier);
        return ok(null);
      },
    },
  ];
}

function existing(world: V3World, call: Call): ReservationRecord {
  const identifier = param(call, 'client_identifier');
  const reservation = world.store.reservations.get(identifier);
  if (reservation === undefined || reservation.expiresAt <= world.time.now()) {
    throw Refusal.notFound(kind, identifier);
  }
  return reservation;
}

function reservationView(reservation: ReservationRecord): Record<string, unknown> {
  return {
    client_identifier: reservation.clientIdentifier,
    count: reservation.uuids.length,
    expiration_time: timestamp(reservation.expiresAt),
    uuid_list: reservation.uuids,
  };
}
