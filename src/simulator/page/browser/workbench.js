/**
 * What the page may do besides looking. The header tells the server that the request is from this page: a page of
 * another site cannot send it.
 */
const HEADERS = { 'X-Simulator-Page': '1' };

/** The server's refusal, in its words. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} method
 * @param {string} path below `/simulator/workbench/`
 * @param {{ json?: unknown, text?: string, signal?: AbortSignal }} [content]
 */
export async function send(method, path, { json, text, signal } = {}) {
  /** @type {RequestInit} */
  const options = { method, headers: HEADERS, cache: 'no-store', signal: signal ?? null };
  if (json !== undefined) {
    options.headers = { ...HEADERS, 'Content-Type': 'application/json' };
    options.body = JSON.stringify(json);
  } else if (text !== undefined) {
    options.headers = { ...HEADERS, 'Content-Type': 'text/plain' };
    options.body = text;
  }
  const response = await fetch(`simulator/workbench/${path}`, options).catch(
    (/** @type {unknown} */ cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The simulator does not answer (${reason}).`, { cause });
    },
  );
  if (response.ok) return response;
  throw new Refused(response.status, await reasonIn(response));
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function read(path) {
  return (await send('GET', path)).json();
}

/** @param {Response} response */
async function reasonIn(response) {
  try {
    return String((await response.json()).message);
  } catch {
    return `HTTP ${response.status}`;
  }
}
