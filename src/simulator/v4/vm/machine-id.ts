import { randomInt, randomUUID } from 'node:crypto';

/**
 * An id of a new VM, disk or NIC: a UUID of version 4 whose variant digit is one of 4 to 7, where RFC 9562 has 8 to b
 * (recorded-v4 A1 to D2).
 */
export function machineId(): string {
  const uuid = randomUUID();
  return `${uuid.slice(0, 19)}${String(randomInt(4, 8))}${uuid.slice(20)}`;
}
