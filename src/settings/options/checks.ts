import { hostNameProblem, isUserName } from '../../host/rules/index.js';
import { networkOf } from '../../support/index.js';

/** A check returns what is wrong, to be put behind the option's name, or undefined. */
type Check<T> = (value: T) => string | undefined;

export function oneOf(...allowed: readonly string[]): Check<string> {
  const list = `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1) ?? ''}`;
  return (value) => (allowed.includes(value) ? undefined : `must be ${list}, not "${value}"`);
}

export function between(lowest: number, highest: number): Check<number> {
  return (value) =>
    value >= lowest && value <= highest ? undefined : `must be from ${lowest} to ${highest}, not ${value}`;
}

export function atLeast(lowest: number): Check<number> {
  return (value) => (value >= lowest ? undefined : `must be at least ${lowest}, not ${value}`);
}

export const portNumber: Check<string> = (value) =>
  /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
    ? undefined
    : `must be a port number from 1 to 65535, not "${value}"`;

export const userName: Check<string> = (value) =>
  isUserName(value)
    ? undefined
    : `must be a Linux user name (lower-case letters, digits, _ and -, at most 32), not "${value}"`;

export const fingerprint: Check<string> = (value) =>
  sha256Of(value) === undefined
    ? `must be sha256: and 64 hexadecimal digits (colons between them are fine), not "${value}"`
    : undefined;

/** The 64 lower-case digits of `sha256:AB:CD…`, or undefined when it is no such thing. */
export function sha256Of(value: string): string | undefined {
  const digits = value
    .trim()
    .toLowerCase()
    .replace(/^sha-?256[:=]/, '')
    .replaceAll(':', '');
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

export const network: Check<string> = (value) =>
  networkOf(value) === undefined ? `must be a network such as 10.20.0.0/16, not "${value}"` : undefined;

/** Why a machine cannot have this name, which no option gives; undefined = it can. */
export function machineNameProblem(name: string): string | undefined {
  const problem = hostNameProblem(name);
  if (problem === undefined) return undefined;
  return `the machine name "${problem.name}" ${problem.why}. ${problem.rule}`;
}

export const proxyUrl: Check<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // A slash, question mark or number sign in a password ends the host there, and the rest seems to be a path.
  const isTorn = url !== undefined && `${url.pathname}${url.search}${url.hash}`.includes('@');
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' && !isTorn) return undefined;
  // The value itself is not repeated: it may hold a password.
  const encoding = /^https?:.*@/i.test(value)
    ? '; in its user name and password the characters / ? # have to be written as %2F %3F %23'
    : '';
  return `must be a URL such as http://proxy.example:3128${encoding}`;
};

/** Whether a URL is one with a password. */
export function holdsPassword(url: string): boolean {
  return URL.canParse(url) && new URL(url).password !== '';
}
