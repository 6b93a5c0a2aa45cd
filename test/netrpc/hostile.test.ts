import { GobError } from '../../src/gob/index.js';
import { RpcError, rpcMethod, type RpcMethod, type RpcServices } from '../../src/netrpc/index.js';
import { mutate } from '../gob/mutate.js';
import { seededRandom } from '../gob/random.js';
import { gobBytes, recordedConnections } from '../gob/recorded-sessions.js';
import { zeroOf } from '../../src/gob/schema/zero.js';
import { OPENING, RawClient, startServer } from './loopback.js';
import { recordedMethods, recordedServices } from './recorded-services.js';

const RUNS = 1_500;
const AT_ONCE = 25;

/** Every method answers at once, or a little later, with its zero value. */
const services: RpcServices = Object.fromEntries(
  recordedServices.map((service) => [
    service,
    Object.fromEntries(
      recordedMethods.map(({ name, argument, reply }, i): [string, RpcMethod] => [
        name,
        rpcMethod(argument, reply, () => (i % 2 === 0 ? zeroOf(reply) : Promise.resolve(zeroOf(reply)))),
      ]),
    ),
  ]),
);

const streams = recordedConnections()
  .map((connection) => gobBytes(connection, 'client->server'))
  .filter((bytes) => bytes.length > 0 && bytes.length < 5_000);

test(`${String(RUNS)} mutated conversations end, one by one, and the server goes on`, async () => {
  const random = seededRandom(20_251_122);
  const server = await startServer(services, { limits: { lingerMs: 5_000 } });
  const converse = async (): Promise<number> => {
    const original = Buffer.concat([
      Buffer.from(OPENING),
      streams[random(streams.length)] ?? Buffer.alloc(0),
    ]);
    const client = await RawClient.connect(server.port);
    // Only now and then is the opening hit too; behind it is more to get wrong.
    const hits = random(20) === 0 ? mutate(original, random) : undefined;
    const gob = mutate(original.subarray(OPENING.length), random);
    client.socket.end(hits ?? Buffer.concat([original.subarray(0, OPENING.length), gob]));
    return (await client.untilEnd()).length;
  };
  let answered = 0;
  for (let run = 0; run < RUNS; run += AT_ONCE) {
    const lengths = await Promise.all(Array.from({ length: AT_ONCE }, converse));
    answered += lengths.filter((length) => length > 0).length;
  }
  await Promise.all(server.served);
  expect(server.served).toHaveLength(RUNS);
  expect(answered).toBeGreaterThan(RUNS * 0.9);
  expect(server.errors.filter((error) => !(error instanceof RpcError))).toEqual([]);
  const causes = server.errors.map(({ cause }) => cause).filter((cause) => cause !== undefined);
  expect(causes.filter((cause) => !(cause instanceof GobError) && !isReset(cause))).toEqual([]);
  await server.close();
});

/** The client does not read on when the server has closed early. */
function isReset(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
}
