let next = 0;

/** A loopback address that no other test of this run uses. */
export function loopbackAddress(): string {
  next += 1;
  const worker = Number(process.env['JEST_WORKER_ID'] ?? '1');
  return `127.${100 + (worker % 100)}.${Math.floor(next / 250)}.${1 + (next % 250)}`;
}
