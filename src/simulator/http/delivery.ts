import type { FastifyReply } from 'fastify';
import type { PcVersion } from '../core/pc-version.js';
import type { SimulatedTime } from '../core/time.js';
import type { Exchange } from './exchange.js';
import { FileBody } from './file-body.js';
import type { RequestLog } from './request-log.js';
import { responseHeaders } from './response-headers.js';
import type { Answer } from './route.js';

/** Sends answers, whole or spoilt as a fault rule wants them. */
export class Delivery {
  readonly #version: PcVersion;
  readonly #time: SimulatedTime;
  readonly #log: RequestLog;
  readonly #guests: string;

  /** `guests`: the kind of guests, for clients that care. */
  constructor(version: PcVersion, time: SimulatedTime, log: RequestLog, guests: string) {
    this.#guests = guests;
    this.#version = version;
    this.#time = time;
    this.#log = log;
  }

  send(reply: FastifyReply, exchange: Exchange, answer: Answer): FastifyReply {
    const { body } = answer;
    const file = body instanceof FileBody ? body : undefined;
    const payload = file?.start() ?? encode(body);
    const now = this.#time.now();
    const headers: Record<string, string> = {
      ...responseHeaders(this.#version, now - exchange.entry.at, this.#guests),
      ...(body === undefined ? {} : { 'Content-Type': contentType(body) }),
      ...(exchange.cookie === undefined ? {} : { 'Set-Cookie': exchange.cookie }),
      ...(answer.status === 429 ? { 'Retry-After': '1' } : {}),
      ...exchange.strike.headers,
    };
    const { cut } = exchange.strike;
    if (cut !== undefined) {
      this.#log.close(exchange.entry, 0, now);
      return breakOff(reply, answer.status, headers, payload, cut === 'half' ? payload.length >> 1 : cut);
    }
    this.#log.close(exchange.entry, answer.status, now);
    reply.code(answer.status).headers(headers);
    return file === undefined
      ? reply.send(payload)
      : reply.header('Content-Length', file.bytes).send(file.open());
  }

  /** Leaves the client without an answer; the connection stays open until the client ends it. */
  hang(reply: FastifyReply, exchange: Exchange): FastifyReply {
    reply.hijack();
    this.#log.close(exchange.entry, 0, this.#time.now());
    return reply;
  }
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
  headers: Readonly<Record<string, string>>,
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
