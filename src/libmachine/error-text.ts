import { hasCode, OperationError, systemCode } from '../support/index.js';
import type { ConfigValues } from '../settings/index.js';
import { flaggedText } from '../settings/index.js';
import { oneLine } from '../logging/index.js';

/** The one text that clients know: `ls` shows no error for it (reference of the plugin protocol, section 6). */
const NOT_RUNNING = 'Host is not running';
/** An error is shown in a table or on one line of a terminal; bytes. */
const LONGEST = 4 * 1024;

/**
 * What crosses to the client of an error: one readable line without secrets, never empty, because an empty
 * text means success. What it is about is named as the user named it, by the flag: `values` are the machine's.
 *
 * rancher-machine takes a Remove or GetState error with the words `not found` for "there is no such VM". In
 * our errors they may be about a cluster or a host name, and believing them would leave a VM behind; so they
 * stand only where the VM is meant.
 */
export function errorText(
  method: string,
  thrown: unknown,
  values: Partial<ConfigValues>,
  redact: (text: string) => string,
): string {
  if (method === 'GetURL' && hasCode(thrown, 'not-running')) return NOT_RUNNING;
  const text = oneLine(redact(flaggedText(OperationError.from(thrown, method), values)), LONGEST);
  if (text === '') return `${method} failed without saying why`;
  const isAboutVm = method === 'GetState' && hasCode(thrown, 'not-found');
  const isMisread = (method === 'Remove' || method === 'GetState') && !isAboutVm;
  return isMisread ? text.replace(/not found/gi, (words) => words.replace(/\s/, '-')) : text;
}

/** Errors behind errors that are told; a chain has no end when an error is its own cause. */
const DEEPEST = 8;

/**
 * What is behind an error, one line each, for a user who looks for a fault. Of each only the name, the message and the
 * code are told: the HTTP library keeps the whole request in its errors, with what signs it.
 */
export function causesOf(thrown: unknown): string[] {
  const lines: string[] = [];
  for (let cause = causeOf(thrown); cause !== undefined; cause = causeOf(cause)) {
    if (lines.length === DEEPEST) break;
    lines.push(`caused by ${wordsFor(cause)}`);
  }
  return lines;
}

function causeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'cause' in thrown ? thrown.cause : undefined;
}

function wordsFor(cause: unknown): string {
  if (cause instanceof Error) {
    const code = systemCode(cause) ?? '';
    const isSaid = code === '' || cause.message.includes(code);
    return `${cause.name}: ${cause.message}${isSaid ? '' : ` (${code})`}`;
  }
  if (hasOwnWords(cause)) return cause.toString();
  return typeof cause === 'object' ? Object.prototype.toString.call(cause) : String(cause);
}

interface Worded {
  toString(): string;
}

/** An object without words of its own says no more than its class. */
function hasOwnWords(value: unknown): value is Worded {
  const isObject = typeof value === 'object' && value !== null && 'toString' in value;
  return isObject && value.toString !== Object.prototype.toString;
}
