import { rpcMethod, type RpcMethod, type RpcServices } from '../../src/netrpc/index.js';
import { gobBytes, recordedConnections, type RecordedConnection } from '../gob/recorded-sessions.js';
import { repliesIn, type Reply } from './exchange.js';
import { OPENED, OPENING, RawClient, startServer, type LoopbackServer } from './loopback.js';
import { recordedMethods, recordedServices, replyTypeOf } from './recorded-services.js';

const connections = recordedConnections();

/** Texts of the recorded driver; all other errors have to come from the server by themselves. */
const OWN_ERROR = /^(rpc|gob): /;

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

test.each(connections.map((connection): [string, RecordedConnection] => [connection.name, connection]))(
  '%s: the server answers as the recorded one did',
  async (_, connection) => {
    const recorded = repliesIn(gobBytes(connection, 'server->client'), replyTypeOf);
    server = await startServer(playing(recorded));
    const client = await RawClient.connect(server.port);
    client.socket.write(OPENING);
    for (const { hex } of clientItems(connection)) client.socket.write(Buffer.from(hex, 'hex'));
    client.socket.end();
    const received = await client.untilEnd();
    expect(received.subarray(0, OPENED.length).toString()).toBe(OPENED);

    const replies = repliesIn(received.subarray(OPENED.length), replyTypeOf);
    const answered = new Map(replies.map((reply) => [reply.header.Seq, reply]));
    expect(recorded.map(({ header }) => answered.get(header.Seq))).toEqual(recorded);
  },
);

function clientItems({ items }: RecordedConnection): readonly { readonly hex: string }[] {
  return items.filter(({ dir, kind }) => dir === 'client->server' && kind !== 'http');
}

/** Services that give, method by method, the replies that were recorded. */
function playing(recorded: readonly Reply[]): RpcServices {
  const bySeq = [...recorded].sort((a, b) => Number(a.header.Seq) - Number(b.header.Seq));
  return Object.fromEntries(
    recordedServices.map((service) => [
      service,
      Object.fromEntries(
        recordedMethods.map(({ name, argument, reply }): [string, RpcMethod] => {
          const left = bySeq.filter(
            ({ header }) => header.ServiceMethod === `${service}.${name}` && !OWN_ERROR.test(header.Error),
          );
          return [name, rpcMethod(argument, reply, () => play(left.shift()))];
        }),
      ),
    ]),
  );
}

function play(reply: Reply | undefined): unknown {
  if (reply === undefined) throw new Error('not answered in the recording');
  if (reply.header.Error !== '') throw new Error(reply.header.Error);
  return reply.body;
}
