import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { gob, GobDecoder, type Infer } from '../../src/gob/index.js';
import { METHODS } from './golden.js';
import { MemoryProcess } from './memory-process.js';

/*
 * What real clients sent, to the byte, is sent to our plugin, call by call. The replies differ from the
 * recorded ones (that was another driver), but every call must get one, under its own number and name.
 */

const SESSIONS = join(__dirname, '../golden/sessions');
const session = z.object({
  plugins: z.array(
    z.object({
      connections: z.array(
        z.object({
          items: z.array(
            z.object({
              dir: z.string(),
              kind: z.string(),
              hex: z.string().default(''),
              method: z.string().optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});
const header = gob.struct('rpc.Response', { ServiceMethod: gob.string, Seq: gob.uint64, Error: gob.string });
type Reply = Infer<typeof header>;

interface RecordedCall {
  readonly method: string;
  readonly bytes: Buffer;
}

/** The client's bytes of each connection, cut after each call's argument. */
function recordedClients(): [string, Buffer, RecordedCall[]][] {
  return readdirSync(SESSIONS).flatMap((file) => {
    const { plugins } = session.parse(JSON.parse(readFileSync(join(SESSIONS, file), 'utf8')));
    const connections = plugins.flatMap((plugin) => plugin.connections);
    return connections.map(({ items }, index): [string, Buffer, RecordedCall[]] => {
      const sent = items.filter(({ dir }) => dir === 'client->server');
      const opening = sent.filter(({ kind }) => kind === 'http').map(({ hex }) => hex);
      const calls: RecordedCall[] = [];
      let hex = '';
      let method = '';
      for (const item of sent.filter(({ kind }) => kind !== 'http' && kind !== 'eof')) {
        hex += item.hex;
        if (item.kind === 'header') method = item.method ?? '';
        if (item.kind === 'body') {
          calls.push({ method, bytes: Buffer.from(hex, 'hex') });
          hex = '';
        }
      }
      return [`${file} ${String(index)}`, Buffer.from(opening.join(''), 'hex'), calls];
    });
  });
}

class Replies {
  readonly #decoder = new GobDecoder();
  readonly #socket: Socket;
  #header: Reply | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#decoder.push(chunk));
  }

  async next(): Promise<Reply> {
    for (;;) {
      this.#header ??= this.#decoder.decode(header)?.value;
      if (this.#header !== undefined && this.#decoder.skip()) {
        const complete = this.#header;
        this.#header = undefined;
        return complete;
      }
      await once(this.#socket, 'data');
    }
  }
}

const known = new Set(METHODS.methods.map(({ name }) => name));

test.each(recordedClients())('%s: every call is answered', async (_, opening, calls) => {
  const plugin = new MemoryProcess();
  await plugin.stdout.written();
  const socket = connect({ host: '127.0.0.1', port: Number(plugin.stdout.text.trim().split(':')[1]) });
  socket.write(opening);
  const [accepted] = (await once(socket, 'data')) as [Buffer];
  expect(accepted.toString()).toBe('HTTP/1.0 200 Connected to Go RPC\n\n');
  const replies = new Replies(socket);
  for (const [seq, { method, bytes }] of calls.entries()) {
    socket.write(bytes);
    const reply = await replies.next();
    expect(reply).toMatchObject({ ServiceMethod: method, Seq: seq });
    const [service = '', name = ''] = method.split('.');
    const exists = METHODS.services.includes(service) && known.has(name);
    if (!exists) expect(reply.Error).toMatch(/^rpc: (can't find|service\/method request ill-formed)/);
    else expect(reply.Error).not.toMatch(/^rpc:|internal/);
  }
  expect(calls.length).toBeGreaterThan(0);
  socket.destroy();
  await plugin.end();
});
