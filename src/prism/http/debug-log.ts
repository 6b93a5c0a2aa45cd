import type { Layer } from './exchange.js';

/** One line per exchange: method, path, status, size, time. Never a header or a body, since these hold secrets. */
export function debugLogLayer(now: () => number): Layer {
  return (next) => async (call) => {
    const started = now();
    const line = (result: string): void =>
      call.logger.debug(`${call.method} ${call.path} -> ${result}, ${Math.round(now() - started)} ms`);
    try {
      const reply = await next(call);
      line(`${reply.status}, ${reply.body.length} characters`);
      return reply;
    } catch (error) {
      line(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}
