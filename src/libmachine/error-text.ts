import { hasCode, OperationError } from '../support/index.js';
import { oneLine } from './log/index.js';

/** The one text that clients know: `ls` shows no error for it (reference of the plugin protocol, section 6). */
const NOT_RUNNING = 'Host is not running';
/** An error is shown in a table or on one line of a terminal; bytes. */
const LONGEST = 4 * 1024;

/**
 * What crosses to the client of an error: one readable line without secrets, never empty, because an empty
 * text means success.
 *
 * rancher-machine takes a Remove or GetState error with the words `not found` for "there is no such VM". In
 * our errors they may be about a cluster or a host name, and believing them would leave a VM behind; so they
 * stand only where the VM is meant.
 */
export function errorText(method: string, thrown: unknown, redact: (text: string) => string): string {
  if (method === 'GetURL' && hasCode(thrown, 'not-running')) return NOT_RUNNING;
  const { message } = OperationError.from(thrown, method);
  const text = oneLine(redact(message), LONGEST);
  if (text === '') return `${method} failed without saying why`;
  const isAboutVm = method === 'GetState' && hasCode(thrown, 'not-found');
  const isMisread = (method === 'Remove' || method === 'GetState') && !isAboutVm;
  return isMisread ? text.replace(/not found/gi, (words) => words.replace(/\s/, '-')) : text;
}

/** The errors behind an error, one line each, for whoever looks for a fault. */
export function causesOf(thrown: unknown): string[] {
  const lines: string[] = [];
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 5; depth += 1) {
    lines.push(`caused by ${cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}
