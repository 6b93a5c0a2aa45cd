import { isIP } from 'node:net';

/** In `--nutanix-ip`, the place of a NIC whose address the network gives. */
const AUTOMATIC = 'auto';

/** `--nutanix-ip` as one entry per given value; undefined = the network decides. */
export function staticAddresses(values: readonly string[]): (string | undefined)[] {
  return values.map((value) => value.trim()).map((value) => (value === AUTOMATIC ? undefined : value));
}

export function addressList(given: readonly string[]): string | undefined {
  const values = given.map((value) => value.trim());
  const wrong = values.filter((value) => value !== AUTOMATIC && isIP(value) === 0);
  if (wrong.length > 0) {
    return `must be IP addresses, or ${AUTOMATIC} where the network decides, not ${quoted(wrong)}`;
  }
  const fixed = values.filter((value) => value !== AUTOMATIC);
  return new Set(fixed).size < fixed.length ? 'names the same address twice' : undefined;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
