import type { Program } from '../../os/process.js';
import { UsageError } from '../../os/usage-error.js';
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
  const { operands } = parseOptions(process.args, {});
  if (operands.length === 0) throw new UsageError('missing operand');
  const total = operands.map(duration).reduce((sum, value) => sum + value, 0);
  await process.system.clock.sleep(Math.min(total, MAX_SLEEP), process.signal);
  return 0;
};

/** `timeout SECONDS command …`: 124 when the time was over. */
const timeout: Program = async (process) => {
  const options = parseOptions(
    process.args,
    { k: 'value', s: 'value', foreground: 'flag' },
    { stopAtOperand: true, status: 125 },
  );
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
  const options = parseOptions(process.args, {
    u: 'flag',
    utc: '=u',
    d: 'value',
    s: 'value',
    I: 'flag',
    R: 'flag',
  });
  const now = new Date();
  const [format] = options.operands;
  if (options.has('I')) await process.stdout.line(now.toISOString().slice(0, 10));
  else if (format?.startsWith('+') === true) await process.stdout.line(formatted(now, format.slice(1)));
  else await process.stdout.line(formatted(now, '%a %b %e %H:%M:%S UTC %Y'));
  return 0;
};

/** strftime in UTC: a guest has no other time zone. */
function formatted(now: Date, format: string): string {
  const iso = now.toISOString();
  const words = now.toUTCString();
  const values: Readonly<Record<string, string>> = {
    a: words.slice(0, 3),
    b: words.slice(8, 11),
    d: iso.slice(8, 10),
    e: String(now.getUTCDate()).padStart(2),
    F: iso.slice(0, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    m: iso.slice(5, 7),
    N: `${iso.slice(20, 23)}000000`,
    S: iso.slice(17, 19),
    s: String(Math.floor(now.getTime() / 1000)),
    T: iso.slice(11, 19),
    Y: iso.slice(0, 4),
    y: iso.slice(2, 4),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  };
  return format.replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole);
}

export const timePrograms: Readonly<Record<string, Program>> = { sleep, timeout, date };
