import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { PcVersion } from '../core/pc-version.js';
import type { SimulatedTime } from '../core/time.js';
import type { AnswerFacts, HeaderLines } from './api.js';
import type { Exchange } from './exchange.js';
import type { RequestLog } from './request-log.js';
import type { Answer } from './route.js';

const CHUNK = Buffer.alloc(64 * 1024);
/** What is made of a file at most when an answer breaks off within it. */
const LONGEST_START = 2 ** 20;

/** The bytes of a file as the body of an answer, made while they are sent. */
export class FileBody {
  readonly bytes: number;
  /** undefined = zeros. */
  readonly #content: Buffer | undefined;

  private constructor(bytes: number, content: Buffer | undefined) {
    this.bytes = bytes;
    this.#content = content;
  }

  static of(content: Buffer): FileBody {
    return new FileBody(content.length, content);
  }

  static zeros(bytes: number): FileBody {
    return new FileBody(bytes, undefined);
  }

  open(): Readable {
    return Readable.from(this.#content === undefined ? zeros(this.bytes) : [this.#content], {
      objectMode: false,
    });
  }

  /** Its first bytes, for an answer that is not sent whole. */
  start(): Buffer {
    return (this.#content ?? Buffer.alloc(Math.min(this.bytes, LONGEST_START))).subarray(0, LONGEST_START);
  }
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length)
    yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}

interface DeliveryParts {
  readonly version: PcVersion;
  readonly time: SimulatedTime;
  readonly log: RequestLog;
  /** The kind of guests, for clients that want to know what a simulator's guests are no substitute for. */
  readonly guests: string;
  headers(facts: AnswerFacts): HeaderLines;
}

/** Sends answers, whole or spoilt as a fault rule wants them. */
export class Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  send(reply: FastifyReply, exchange: Exchange, answer: Answer): FastifyReply {
    const { version, time, log, guests } = this.#parts;
    const { body, status } = answer;
    const file = body instanceof FileBody ? body : undefined;
    const payload = file?.start() ?? encode(body);
    const now = time.now();
    const headers = without(exchange.strike.strippedFromAnswer, {
      ...this.#parts.headers({ version, status, serviceMs: now - exchange.entry.at }),
      'X-Simulated-Guests': guests,
      ...(body === undefined ? {} : { 'Content-Type': contentType(body) }),
      ...(exchange.cookie === undefined ? {} : { 'Set-Cookie': exchange.cookie }),
      // An API that has limits of its own says itself whether and when to come again.
      ...(exchange.limits ?? (status === 429 ? { 'Retry-After': '1' } : {})),
      ...answer.headers,
      ...exchange.strike.headers,
    });
    log.messages.answered(exchange.entry.number, headers, payload, file?.bytes ?? payload.length);
    const { cut } = exchange.strike;
    if (cut !== undefined) {
      log.close(exchange.entry, 0, now);
      return breakOff(reply, status, headers, payload, cut === 'half' ? payload.length >> 1 : cut);
    }
    log.close(exchange.entry, status, now);
    reply.code(status).headers(headers);
    return file === undefined
      ? reply.send(payload)
      : reply.header('Content-Length', file.bytes).send(file.open());
  }

  /** Leaves the client without an answer; the connection stays open until the client ends it. */
  hang(reply: FastifyReply, exchange: Exchange): FastifyReply {
    reply.hijack();
    this.#parts.log.close(exchange.entry, 0, this.#parts.time.now());
    return reply;
  }
}

function without(names: readonly string[], headers: HeaderLines): HeaderLines {
  if (names.length === 0) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

function contentType(body: unknown): string {
  if (body instanceof FileBody) return 'application/octet-stream';
  return typeof body === 'string' ? 'text/plain' : 'application/json';
}

function encode(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Announces the whole body, sends its first bytes and breaks the connection. */
function breakOff(
  reply: FastifyReply,
  status: number,
  headers: HeaderLines,
  payload: Buffer,
  bytes: number,
): FastifyReply {
  reply.hijack();
  const { raw } = reply;
  const { socket } = raw;
  if (bytes < 0) {
    socket?.destroy();
    return reply;
  }
  raw.writeHead(status, { ...headers, 'Content-Length': String(Math.max(payload.length, bytes + 1)) });
  raw.flushHeaders();
  raw.write(payload.subarray(0, bytes), () => socket?.destroy());
  return reply;
}
