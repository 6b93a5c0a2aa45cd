import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { PcVersion } from '../core/pc-version.js';
import type { SimulatedTime } from '../core/time.js';
import type { Exchange } from './exchange.js';
import type { RequestLog } from './request-log.js';
import type { Answer } from './route.js';

const POLICY = "default-src 'self'; frame-ancestors 'self'; object-src 'none'";

/**
 * What every answer carries besides its own, as recorded from pc.2024.3 or logged from 5.10. Only a simulator sends
 * X-Simulated-Guests, so that clients can know what its guests are no substitute for.
 */
export function responseHeaders(
  version: PcVersion,
  serviceMs: number,
  guests: string,
): Record<string, string> {
  return { ...recordedHeaders(version, serviceMs), 'X-Simulated-Guests': guests };
}

function recordedHeaders(version: PcVersion, serviceMs: number): Record<string, string> {
  if (!version.iamV2) return { Server: 'Apache', 'X-Ntnx-Env': 'PC' };
  return {
    Server: 'envoy',
    'X-Ntnx-Env': 'pc',
    'X-Ntnx-Product': version.text,
    'X-Envoy-Upstream-Service-Time': String(Math.round(serviceMs)),
    Vary: 'Origin, Accept-Encoding',
    'Strict-Transport-Security': 'max-age=8640000:includeSubdomains',
    'X-Content-Type-Options': 'nosniff',
    'X-Dns-Prefetch-Control': 'off',
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Permitted-Cross-Domain-Policies': 'master-only',
    'X-Xss-Protection': '1; mode=block',
    'Content-Security-Policy': POLICY,
  };
}

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
