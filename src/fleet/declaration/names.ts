import { ipv4Number, ipv4Text } from '../../support/index.js';

const PATTERN = /\{(\d{1,4})\.\.(\d{1,4})\}/;
const MOST = 1000;

/**
 * The names of a group: `web` → web; `web` with count 2 → web-1, web-2; `web-{1..3}` → web-1, web-2, web-3;
 * `web-{08..10}` → web-08, web-09, web-10. A text instead of names says what is wrong.
 */
export function expandNames(name: string, count: number | undefined): readonly string[] | string {
  const match = PATTERN.exec(name);
  if (match === null) {
    if (/[{}]/.test(name)) return `the pattern in ${name} must be {FIRST..LAST}, e.g. {1..3}`;
    if (count === undefined) return [name];
    return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  }
  const [pattern, first = '', last = ''] = match;
  const rest = name.replace(pattern, '');
  if (/[{}]/.test(rest)) return `${name} has more than one pattern`;
  const [from, to] = [Number(first), Number(last)];
  if (to < from) return `the pattern ${pattern} counts down`;
  const length = to - from + 1;
  if (length > MOST) return `the pattern ${pattern} makes ${length} hosts; at most ${MOST}`;
  if (count !== undefined && count !== length)
    return `${pattern} makes ${length} hosts, but count says ${count}`;
  const width = first.startsWith('0') ? first.length : 0;
  return Array.from({ length }, (_, index) =>
    name.replace(pattern, String(from + index).padStart(width, '0')),
  );
}

/** Addresses as a list or as a range of IPv4 addresses, FIRST-LAST. A text says what is wrong. */
export function expandAddresses(given: string | readonly string[]): readonly string[] | string {
  if (typeof given !== 'string') return given;
  const [first = '', last] = given.split('-').map((part) => part.trim());
  if (last === undefined) return [first];
  const [from, to] = [ipv4Number(first), ipv4Number(last)];
  if (!(to >= from && to - from < MOST)) {
    return `${given} must be a list of addresses or FIRST-LAST, e.g. 10.0.0.11-10.0.0.15`;
  }
  return Array.from({ length: to - from + 1 }, (_, index) => ipv4Text(from + index));
}
