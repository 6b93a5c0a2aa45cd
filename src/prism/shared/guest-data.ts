import { OperationError } from '../../support/index.js';

/** Limits of both APIs, in characters of base64 (reference 2.1, reference v4 3.1). */
const MAX_USER_DATA = 128_000;
const MAX_META_DATA = 32_000;

/** Bytes of user-data whose base64 still fits. */
export const LONGEST_USER_DATA = bytesWithin(MAX_USER_DATA);

export interface GuestInput {
  readonly vmName: string;
  readonly hostname: string;
  /** Becomes the instance id, by which cloud-init knows a new machine. */
  readonly instanceId: string;
  readonly userData: string;
}

/** cloud-init's data as both APIs take it: base64, meta-data as JSON with the `uuid` that ConfigDrive needs. */
export interface EncodedGuestData {
  readonly userData: string;
  readonly metaData: string;
}

export function encodedGuestData({ vmName, hostname, instanceId, userData }: GuestInput): EncodedGuestData {
  const metaData = JSON.stringify({ hostname, uuid: instanceId });
  return {
    userData: encoded(userData, MAX_USER_DATA, 'user-data', vmName),
    metaData: encoded(metaData, MAX_META_DATA, 'meta-data', vmName),
  };
}

function encoded(text: string, limit: number, what: string, vmName: string): string {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  if (base64.length <= limit) return base64;
  const most = bytesWithin(limit);
  throw new OperationError({
    code: 'invalid-input',
    attempted: `create VM "${vmName}"`,
    problem: `cloud-init ${what} has ${Buffer.byteLength(text)} bytes; Prism Central takes ${most}`,
    advice: 'Shorten it, or let it fetch the long parts from a server (#include).',
  });
}

function bytesWithin(base64Characters: number): number {
  return Math.floor(base64Characters / 4) * 3;
}
