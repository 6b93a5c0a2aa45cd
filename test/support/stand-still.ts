/** Stops this process for `ms`, as a computer with other work does: time goes on, and nothing that comes is read. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * For servers of HTTP: a connection is kept until its client closes it. After the usual 5 s the server closes it, at a stall
 * just as the client sends the next request on it.
 */
export const KEEPS_CONNECTIONS = { keepAliveTimeout: 0 };
