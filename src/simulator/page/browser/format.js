/** @param {number} mib */
export function memory(mib) {
  return bytes(mib * 2 ** 20);
}

/** @param {number} count */
export function bytes(count) {
  for (const [unit, size] of UNITS) {
    if (count >= size) return `${round(count / size)} ${unit}`;
  }
  return `${count} B`;
}

/** @type {readonly (readonly [string, number])[]} */
const UNITS = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {number} count */
export function number(count) {
  return count.toLocaleString('en');
}

/**
 * How long ago, in one unit.
 * @param {number} ms
 */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/**
 * Time of day, as the reader's clock has it.
 * @param {number} ms
 */
export function clock(ms) {
  return new Date(ms).toTimeString().slice(0, 8);
}
