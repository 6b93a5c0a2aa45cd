import type { Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { launch } from '../launch.js';
import { parseOptions } from '../options.js';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_SLEEP = 2 ** 31 - 1;

function duration(text: string): number {
  const [whole, number = '', unit = ''] = /^(\d*\.?\d+|\d+\.?)([smhd]?)$/.exec(text) ?? [];
  if (whole === undefined) throw new UsageError(`invalid time interval '${text}'`);
  return Number(number) * (UNITS[unit] ?? 1000);
}

const sleep: Program = async (process) => {
  const { operands } = parseOptions(process.args, '');
  if (operands.length === 0) throw new UsageError('missing operand');
  const total = operands.map(duration).reduce((sum, value) => sum + value, 0);
  await process.system.clock.sleep(Math.min(total, MAX_SLEEP), process.signal);
  return 0;
};

/** `timeout SECONDS command …`: 124 when the time was over. */
const timeout: Program = async (process) => {
  const options = parseOptions(process.args, 'k: s: foreground', { stopAtOperand: true, status: 125 });
  const [limit = '', ...args] = options.operands;
  if (args.length === 0) throw new UsageError('missing operand', 125);
  const ending = new AbortController();
  const timer = new AbortController();
  const expired = process.system.clock
    .sleep(Math.min(duration(limit), MAX_SLEEP), AbortSignal.any([process.signal, timer.signal]))
    .then(() => {
      ending.abort();
      return 124;
    });
  // Whichever of the two loses is of no interest any more.
  expired.catch(() => undefined);
  const signal = AbortSignal.any([process.signal, ending.signal]);
  const ran = launch({ ...process, signal }, args, (name) => `failed to run command '${name}'`);
  try {
    return await Promise.race([ran, expired]);
  } finally {
    ran.catch(() => undefined);
    timer.abort();
  }
};

const date: Program = async (process) => {
  const options = parseOptions(withIsoFormat(process.args), 'u|utc d|date: r: s: I: R|rfc-email rfc-3339:');
  const [format, extra] = options.operands;
  if (extra !== undefined) throw new UsageError(`extra operand '${extra}'`);
  if (format !== undefined && !format.startsWith('+')) throw new UsageError(`invalid date '${format}'`);
  const written = options.value('d');
  const time = written === undefined ? new Date() : parseTime(written);
  if (time === undefined) throw new UsageError(`invalid date '${written ?? ''}'`);
  const iso = ISO[options.value('I') ?? ''] ?? RFC[options.value('rfc-3339') ?? ''];
  const plain = options.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : '%a %b %e %H:%M:%S %Z %Y';
  await process.stdout.line(formatted(time, iso ?? format?.slice(1) ?? plain));
  return 0;
};

/** `-I` has an argument that is glued to it or none. */
function withIsoFormat(args: readonly string[]): readonly string[] {
  return args.map((word) => {
    if (/^(-I|--iso-8601)$/.test(word)) return '-Idate';
    return word.replace(/^--iso-8601=/, '-I');
  });
}

const ISO: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
};
const RFC: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  seconds: '%Y-%m-%d %H:%M:%S%:z',
  ns: '%Y-%m-%d %H:%M:%S.%N%:z',
};

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const STEPS: Readonly<Record<string, number>> = {
  second: 1000,
  sec: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** A time as scripts write it: `@n`, ISO dates with times and zones, `1 Jan 2024`, `+2 days`; undefined = none of these. */
export function parseTime(text: string): Date | undefined {
  const [, seconds] = /^@(-?\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (seconds !== undefined) return new Date(Number(seconds) * 1000);
  let rest = text.trim();
  let time = Date.now();
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found !== null)
      rest = `${rest.slice(0, found.index)} ${rest.slice(found.index + found[0].length)}`.trim();
    return found;
  };
  const iso = take(/^(\d{4})-(\d\d?)-(\d\d?)(?:T(?=\d))?/) ?? take(/^(\d{4})(\d\d)(\d\d)(?!\d)/);
  const words = iso === null ? take(/^(\d\d?) ([A-Za-z]{3})[a-z]* (\d{4})/) : null;
  if (iso !== null) time = Date.UTC(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  else if (words !== null) {
    const month = MONTHS.indexOf((words[2] ?? '').toLowerCase());
    if (month < 0) return undefined;
    time = Date.UTC(Number(words[3]), month, Number(words[1]));
  }
  const clock = take(/(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?/);
  if (clock !== null) {
    const midnight = Math.floor(time / 86_400_000) * 86_400_000;
    time = midnight + Number(clock[1]) * 3_600_000 + Number(clock[2]) * 60_000 + Number(clock[3] ?? 0) * 1000;
  }
  const zone = take(/(?:Z|UTC|GMT)(?![a-z])|([-+])(\d\d):?(\d\d)(?!\d)/);
  if (zone?.[1] !== undefined)
    time -= (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000;
  for (let step = relative(); step !== undefined; step = relative()) time = step;
  return rest === '' || rest === 'now' || rest === 'today' ? new Date(time) : undefined;

  /** `+1 day`, `2 hours ago`, `yesterday`, `next month`. */
  function relative(): number | undefined {
    const day = take(/^(yesterday|tomorrow)/);
    if (day !== null) return time + (day[1] === 'tomorrow' ? 1 : -1) * 86_400_000;
    const found = take(
      /^([-+]?)\s*(\d+|next|last)\s*(second|sec|minute|min|hour|day|week|month|year)s?( ago)?/,
    );
    if (found === null) return undefined;
    const [, sign, count = '', unit = '', ago] = found;
    const amount =
      (count === 'next' || count === 'last' ? 1 : Number(count)) *
      (sign === '-' || count === 'last' ? -1 : 1) *
      (ago === undefined ? 1 : -1);
    const step = STEPS[unit];
    if (step !== undefined) return time + amount * step;
    const moved = new Date(time);
    if (unit === 'month') moved.setUTCMonth(moved.getUTCMonth() + amount);
    else moved.setUTCFullYear(moved.getUTCFullYear() + amount);
    return moved.getTime();
  }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Of the year in which the ISO week lies: the week's number and that year. */
function isoWeek(time: Date): { week: number; year: number } {
  const thursday = new Date(time);
  thursday.setUTCDate(time.getUTCDate() + 4 - (time.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const days = (thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000;
  return { week: Math.floor(days / 7) + 1, year };
}

/** strftime in UTC: a guest has no other time zone. */
export function formatted(time: Date, format: string): string {
  const iso = time.toISOString();
  const [hour, weekday, year] = [time.getUTCHours(), time.getUTCDay(), time.getUTCFullYear()];
  const day = Math.floor((time.getTime() - Date.UTC(year, 0, 1)) / 86_400_000);
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const values: Readonly<Record<string, string | readonly [value: number, width: number, fill?: string]>> = {
    a: (DAYS[weekday] ?? '').slice(0, 3),
    A: DAYS[weekday] ?? '',
    b: (LONG_MONTHS[time.getUTCMonth()] ?? '').slice(0, 3),
    h: (LONG_MONTHS[time.getUTCMonth()] ?? '').slice(0, 3),
    B: LONG_MONTHS[time.getUTCMonth()] ?? '',
    C: [Math.floor(year / 100), 2],
    d: [time.getUTCDate(), 2],
    D: `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`,
    e: [time.getUTCDate(), 2, ' '],
    F: iso.slice(0, 10),
    g: [isoWeek(time).year % 100, 2],
    G: [isoWeek(time).year, 4],
    H: [hour, 2],
    I: [twelve, 2],
    j: [day + 1, 3],
    k: [hour, 2, ' '],
    l: [twelve, 2, ' '],
    m: [time.getUTCMonth() + 1, 2],
    M: [time.getUTCMinutes(), 2],
    n: '\n',
    N: `${iso.slice(20, 23)}000000`,
    p: hour < 12 ? 'AM' : 'PM',
    P: hour < 12 ? 'am' : 'pm',
    r: `${String(twelve).padStart(2, '0')}${iso.slice(13, 19)} ${hour < 12 ? 'AM' : 'PM'}`,
    R: iso.slice(11, 16),
    s: String(Math.floor(time.getTime() / 1000)),
    S: [time.getUTCSeconds(), 2],
    t: '\t',
    T: iso.slice(11, 19),
    u: String(weekday === 0 ? 7 : weekday),
    U: [Math.floor((day + 7 - weekday) / 7), 2],
    V: [isoWeek(time).week, 2],
    w: String(weekday),
    W: [Math.floor((day + 7 - ((weekday + 6) % 7)) / 7), 2],
    y: [year % 100, 2],
    Y: [year, 4],
    Z: 'UTC',
    z: '+0000',
    ':z': '+00:00',
    '%': '%',
  };
  return format.replace(
    /%([-_0^]*)(\d*)(:?[a-zA-Z%])/g,
    (whole, flags: string, width: string, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (typeof value === 'string') {
        const text =
          name === 'N' && width !== '' ? value.slice(0, Number(width)) : value.padStart(Number(width));
        return flags.includes('^') ? text.toUpperCase() : text;
      }
      const [number, columns, fill = '0'] = value;
      if (flags.includes('-')) return String(number);
      const filled = flags.includes('_') ? ' ' : flags.includes('0') ? '0' : fill;
      return String(number).padStart(width === '' ? columns : Number(width), filled);
    },
  );
}

export const timePrograms: Readonly<Record<string, Program>> = { sleep, timeout, date };
