/** What is kept of one half of an exchange. It may hold secrets: only what hides them may show it. */
export interface KeptMessage {
  readonly headers: Readonly<Record<string, unknown>>;
  /** Absent where there was none, or where it was too large to be kept. */
  readonly body?: string | Buffer | undefined;
  /** Length of the whole body; undefined = not known, as of a stream. */
  readonly bytes?: number | undefined;
}

export interface KeptExchange {
  readonly asked: KeptMessage;
  /** Absent until answered. */
  readonly answered?: KeptMessage | undefined;
}

/** Longest body that is kept, in bytes. */
const LONGEST = 64 * 1024;
/** Of all bodies together: the oldest go first. */
const MOST_BYTES = 8 * 2 ** 20;

/** The messages of the latest requests, by the requests' numbers; bounded in number and size. */
export class KeptMessages {
  readonly #kept = new Map<number, KeptExchange>();
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(number: number): KeptExchange | undefined {
    return this.#kept.get(number);
  }

  open(number: number, headers: KeptMessage['headers']): void {
    this.#kept.set(number, { asked: { headers } });
    this.#shrink();
  }

  asked(number: number, body: string): void {
    const known = this.#kept.get(number);
    if (known === undefined) return;
    const asked = this.#message(known.asked.headers, body, Buffer.byteLength(body));
    this.#kept.set(number, { ...known, asked });
    this.#shrink();
  }

  /** `bytes`: of the whole body, of which `body` may be the start only. */
  answered(number: number, headers: KeptMessage['headers'], body: Buffer, bytes: number): void {
    const known = this.#kept.get(number);
    if (known === undefined || known.answered !== undefined) return;
    this.#kept.set(number, { ...known, answered: this.#message(headers, body, bytes) });
    this.#shrink();
  }

  #message(headers: KeptMessage['headers'], body: string | Buffer, bytes: number): KeptMessage {
    if (bytes === 0) return { headers };
    if (bytes > LONGEST) return { headers, bytes };
    this.#bytes += bytes;
    return { headers, body, bytes };
  }

  #shrink(): void {
    for (const [number, exchange] of this.#kept) {
      if (this.#kept.size <= this.#most && this.#bytes <= MOST_BYTES) return;
      this.#kept.delete(number);
      this.#bytes -= sizeOf(exchange.asked) + sizeOf(exchange.answered);
    }
  }
}

function sizeOf(message: KeptMessage | undefined): number {
  return message?.body === undefined ? 0 : (message.bytes ?? 0);
}
