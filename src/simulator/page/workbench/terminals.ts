import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Guest, GuestTerminal } from '../../guests/guest-backend.js';

/** At one time, of all guests. */
const MOST_TERMINALS = 16;

/**
 * Terminals at guests' consoles. What a guest shows is the answer to the request that opened the terminal, as long as it
 * lasts; keys come in requests of their own. A WebSocket could not carry the header that keeps other sites out.
 */
export class Terminals {
  readonly #open = new Map<string, GuestTerminal>();

  get isFull(): boolean {
    return this.#open.size >= MOST_TERMINALS;
  }

  /** Answers with the terminal's id in `X-Terminal` and with what it shows. */
  open(terminalOf: NonNullable<Guest['openTerminal']>, reply: FastifyReply): FastifyReply {
    const id = randomUUID();
    const shown = new PassThrough();
    const terminal = terminalOf(
      async (output) => {
        if (!shown.destroyed && !shown.write(output))
          await Promise.race([once(shown, 'drain'), once(shown, 'close')]);
      },
      () => shown.end(),
    );
    this.#open.set(id, terminal);
    reply.raw.once('close', () => {
      this.#open.delete(id);
      terminal.close();
      shown.destroy();
    });
    return reply.header('X-Terminal', id).type('text/plain; charset=utf-8').send(shown);
  }

  /** False when there is no such terminal, or not any more. */
  type(id: string, keys: string): boolean {
    const terminal = this.#open.get(id);
    terminal?.type(keys);
    return terminal !== undefined;
  }
}
