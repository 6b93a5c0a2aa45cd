/**
 * Where words go. `info` and `warn` are for the person at the terminal, `debug` for whoever looks for a fault.
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
