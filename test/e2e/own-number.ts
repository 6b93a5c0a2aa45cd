import { randomInt } from 'node:crypto';

/** Workers that share no number. */
const WORKERS = 16;

/**
 * A number from 0 to `count` - 1 that the test files which jest's other workers run at the same time do not draw, for
 * networks that they would have in common otherwise. Another one each time, since other runs may be on this computer.
 */
export function ownNumber(count: number): number {
  const size = Math.floor(count / WORKERS);
  const worker = Number(process.env['JEST_WORKER_ID'] ?? '1') % WORKERS;
  return worker * size + randomInt(size);
}
