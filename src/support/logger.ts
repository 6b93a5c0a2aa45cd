/**
 * Log sink with three levels: `info` and `warn` are for the user at the terminal, `debug` is for finding a fault.
 * No method takes structured values: what is logged is decided, and freed of secrets, by the caller.
 */
export interface Logger {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
}

/** Drops every line. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore };

function ignore(): void {
  // Nothing is kept.
}
