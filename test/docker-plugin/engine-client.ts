import { connect, type Socket } from 'node:net';

/** What came back on a connection: `undefined` = it was closed without an answer. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A call as Docker's engine sends it: empty Host, no Content-Type, a body of JSON (volumes.md 5). */
export function callBytes(method: string, body: unknown): string {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return (
    `POST /${method} HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\n` +
    `Content-Length: ${String(Buffer.byteLength(text))}\r\n` +
    `Accept: application/vnd.docker.plugins.v1.2+json\r\n\r\n${text}`
  );
}

/** Sends one call over a connection of its own. */
export async function ask(path: string, method: string, body?: unknown): Promise<EngineAnswer | undefined> {
  return await begin(path, method, body).answer;
}

/** The same without waiting. */
export function begin(
  path: string,
  method: string,
  body?: unknown,
): { readonly socket: Socket; readonly answer: Promise<EngineAnswer | undefined> } {
  const socket = connect({ path });
  socket.write(callBytes(method, body));
  const answer = new Promise<EngineAnswer | undefined>((resolve) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const parsed = parsedAnswer(text);
      if (parsed === undefined) return;
      socket.destroy();
      resolve(parsed);
    });
    socket.on('close', () => resolve(undefined));
  });
  return { socket, answer };
}

/** undefined = it is not whole yet. */
function parsedAnswer(text: string): EngineAnswer | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Number.NaN);
  const body = rest.join('\r\n\r\n');
  if (!(Buffer.byteLength(body) >= length)) return undefined;
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
}
