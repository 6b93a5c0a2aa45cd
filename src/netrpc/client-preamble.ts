import type { Socket } from 'node:net';

import { DEFAULT_PATH } from './serve-options.js';
import { RpcError } from './rpc-error.js';

const MAX_BYTES = 4 * 1024;

/**
 * Opens a connection as net/rpc does (the bytes are drawn at ServerPreamble) and waits for the answer: a Go
 * server loses what is sent before it. Resolves with the bytes that came behind the answer.
 */
export async function openRpc(socket: Socket): Promise<Buffer> {
  socket.write(`CONNECT ${DEFAULT_PATH} HTTP/1.0\n\n`);
  let bytes = Buffer.alloc(0);
  for (;;) {
    bytes = Buffer.concat([bytes, await nextChunk(socket)]);
    const head = /^[^]*?\n\r?\n/.exec(bytes.toString('latin1', 0, MAX_BYTES))?.[0];
    if (head !== undefined) {
      const [status = ''] = head.split(/\r?\n/, 1);
      if (/^HTTP\/1\.\d 200 Connected to Go RPC$/.test(status)) return bytes.subarray(head.length);
      throw new RpcError('protocol', `unexpected HTTP response: ${status}`);
    }
    if (bytes.length >= MAX_BYTES) throw new RpcError('protocol', 'no HTTP response from the RPC server');
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
