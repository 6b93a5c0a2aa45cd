import type { Socket } from 'node:net';

import { RpcError } from './rpc-error.js';

export const DEFAULT_PATH = '/_goRPC_';

/** Of the answer, which a client reads. */
const MAX_ANSWER_BYTES = 4 * 1024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);
const ACCEPTED = 'HTTP/1.0 200 Connected to Go RPC\n\n';

/** What to do with an opened connection: go on with gob, or say `reply` and close. */
export type Opening =
  | { readonly accepted: true; readonly reply: string; readonly rest: Buffer }
  | { readonly accepted: false; readonly reply: string };

/**
 * Reads the HTTP request that opens a connection:
 *
 * ```
 * CONNECT /_goRPC_ HTTP/1.0\n\n                  from the client
 * HTTP/1.0 200 Connected to Go RPC\n\n           from the server, exactly so; from here on gob both ways
 * ```
 *
 * CRLF, HTTP/1.1, header lines, a query and an authority in front of the path are accepted, as a Go server does.
 * Unlike there, bytes that arrive together with the request are not lost.
 */
export class ServerPreamble {
  readonly #path: string;
  readonly #maxBytes: number;
  #bytes: Buffer = NOTHING;
  #isFirstLineGood = false;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  /** Undefined while more bytes are needed. */
  push(chunk: Uint8Array): Opening | undefined {
    const bytes = Buffer.concat([this.#bytes, chunk]);
    const end = endOfHead(bytes);
    if ((end ?? bytes.length) > this.#maxBytes) return bad('431 Request Header Fields Too Large');
    this.#bytes = bytes;
    // Once the first line is good, header lines alone decide nothing before the end.
    if (end === undefined && this.#isFirstLineGood) return undefined;
    const lines = bytes.toString('latin1', 0, end).split('\n').map(withoutCr);
    if (end !== undefined) {
      this.#bytes = NOTHING;
      return this.#answer(lines, bytes.subarray(end));
    }
    if (isHopeless(lines)) return bad('400 Bad Request');
    this.#isFirstLineGood = lines.length > 1;
    return undefined;
  }

  /** What to say when the stream ends before the request is complete. */
  end(): string {
    return this.#bytes.length === 0 ? '' : bad('400 Bad Request').reply;
  }

  #answer([first = '', ...headers]: readonly string[], rest: Buffer): Opening {
    const request = parseRequestLine(first);
    const areHeaders = headers.every((line) => line === '' || TOKEN.test(line.split(':', 1)[0] ?? ''));
    if (request === undefined || !areHeaders) return bad('400 Bad Request');
    if (request.path !== this.#path) {
      return refused(request, '404 Not Found', '404 page not found\n', ['X-Content-Type-Options: nosniff']);
    }
    if (request.method !== 'CONNECT') {
      return refused(request, '405 Method Not Allowed', '405 must CONNECT\n', []);
    }
    return { accepted: true, reply: ACCEPTED, rest };
  }
}

interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly version: string;
}

function parseRequestLine(line: string): RequestLine | undefined {
  const [, method, target, version] = /^(\S+) (\S+) (HTTP\/1\.[01])$/.exec(line) ?? [];
  if (method === undefined || target === undefined || version === undefined) return undefined;
  if (!TOKEN.test(method)) return undefined;
  const [withoutQuery = ''] = target.split('?', 1);
  if (withoutQuery.startsWith('/')) return { method, path: withoutQuery, version };
  // CONNECT names an authority, others a URL; what counts is the path behind it.
  const address = method === 'CONNECT' ? `http://${withoutQuery}` : withoutQuery;
  const [, path] = /^http:\/\/[^/]+(\/.*)?$/.exec(address) ?? [];
  return { method, path: path ?? '', version };
}

/** The position behind the empty line that ends the request. */
function endOfHead(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/** Whether nothing that may follow makes this a request; a TLS handshake is not waited out. */
function isHopeless([first = '', ...others]: readonly string[]): boolean {
  if (others.length > 0) return parseRequestLine(first) === undefined;
  return first !== '' && !TOKEN.test(first.split(' ', 1)[0] ?? '');
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function refused(
  { version }: RequestLine,
  status: string,
  body: string,
  headers: readonly string[],
): Opening {
  const head = [
    `${version} ${status}`,
    'Content-Type: text/plain; charset=utf-8',
    ...headers,
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${body.length}`,
    ...(version === 'HTTP/1.1' ? ['Connection: close'] : []),
  ];
  return { accepted: false, reply: `${head.join('\r\n')}\r\n\r\n${body}` };
}

function bad(status: string): Opening {
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: text/plain; charset=utf-8', 'Connection: close'];
  return { accepted: false, reply: `${head.join('\r\n')}\r\n\r\n${status}` };
}

/**
 * Opens a connection as net/rpc does and waits for the answer: a Go
 * server loses what is sent before it. Resolves with the bytes that came behind the answer.
 */
export async function openRpc(socket: Socket): Promise<Buffer> {
  socket.write(`CONNECT ${DEFAULT_PATH} HTTP/1.0\n\n`);
  let bytes = Buffer.alloc(0);
  for (;;) {
    bytes = Buffer.concat([bytes, await nextChunk(socket)]);
    const head = /^[^]*?\n\r?\n/.exec(bytes.toString('latin1', 0, MAX_ANSWER_BYTES))?.[0];
    if (head !== undefined) {
      const [status = ''] = head.split(/\r?\n/, 1);
      if (/^HTTP\/1\.\d 200 Connected to Go RPC$/.test(status)) return bytes.subarray(head.length);
      throw new RpcError('protocol', `unexpected HTTP response: ${status}`);
    }
    if (bytes.length >= MAX_ANSWER_BYTES)
      throw new RpcError('protocol', 'no HTTP response from the RPC server');
  }
}

function nextChunk(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      socket.pause();
      stop();
      resolve(chunk);
    };
    const onError = (cause: Error): void => {
      stop();
      reject(new RpcError('connection', cause.message, { cause }));
    };
    const onEnd = (): void => {
      stop();
      reject(new RpcError('connection', 'the connection was closed instead of an HTTP response'));
    };
    const stop = (): void => {
      socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
    };
    socket.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd);
    socket.resume();
  });
}
