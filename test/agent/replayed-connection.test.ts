import { FramedConnection } from '../../src/agent/framed-connection.js';
import { frame, FrameReader, arrivalIn, type Frame } from '../../src/agent/frames.js';
import { ReplayedConnection } from '../../src/agent/replayed-connection.js';

const ENDS = Buffer.from('0200a1b27f00000300000000000000000200c1d27f0000010000000000000000', 'hex');

/** A journal as text: `D` and `A` before what was said. */
function journal(...steps: readonly string[]): readonly Frame[] {
  return steps.map((text) => ({ type: text.charAt(0), bytes: Buffer.from(text.slice(1)) }));
}

/** A server that is asked by a client that another process has served; `sent` is what the client gets now. */
function replayed(steps: readonly Frame[]): {
  readonly connection: ReplayedConnection;
  readonly client: FramedConnection;
  readonly asked: () => string;
  readonly sent: () => string;
} {
  let sent = '';
  const arrival = arrivalIn(ENDS);
  const send = (type: string, bytes: Uint8Array, done?: () => void): void => {
    sent += type + Buffer.from(bytes).toString();
    done?.();
  };
  const client = new FramedConnection(arrival, send, () => undefined);
  const connection = new ReplayedConnection(client, steps);
  let asked = '';
  connection.on('data', (bytes: Buffer) => (asked += bytes.toString()));
  return { connection, client, asked: () => asked, sent: () => sent };
}

async function turn(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('what follows an answer is asked when the answer has come out the same; then the client speaks', async () => {
  const { connection, client, asked, sent } = replayed(
    journal('Done ', 'Afirst', 'A.', 'Dtwo ', 'Dthree ', 'Asec'),
  );
  client.arrived(Buffer.from('four'));
  await turn();
  expect(asked()).toBe('one ');
  connection.write('fir');
  await turn();
  expect(asked()).toBe('one ');
  connection.write('st.');
  await turn();
  expect([asked(), sent()]).toEqual(['one two three ', '']);
  connection.write('second');
  await turn();
  expect([asked(), sent()]).toEqual(['one two three four', 'Dond']);
  client.ended();
  connection.end();
  await turn();
  expect(sent()).toBe('DondEC');
});

test('two answers in one piece match those of two pieces with a question between', async () => {
  const { connection, asked, sent } = replayed(journal('Dab', 'Aone', 'Dc', 'Atwo'));
  await turn();
  connection.write('onetwothree');
  await turn();
  expect([asked(), sent()]).toEqual(['abc', 'Dthree']);
});

test.each([
  ['another byte', 'fixst'],
  ['an answer with a wrong end', 'firsd'],
])('%s ends the connection, and the client gets none of it', async (_, answer) => {
  const { connection, client, sent } = replayed(journal('Done', 'Afirst'));
  await turn();
  connection.write(answer);
  await turn();
  expect(connection.destroyed && client.destroyed).toBe(true);
  expect(sent()).toBe('C');
});

test('who was answered has been let in; who was not is looked at', () => {
  expect(replayed(journal('Done', 'Afirst')).connection.isAdmitted).toBe(true);
  expect(replayed(journal('Done')).connection.isAdmitted).toBe(false);
});

test('a client that goes away ends it, at any time', async () => {
  const { connection, client } = replayed(journal('Done', 'Afirst'));
  await turn();
  client.gone();
  await turn();
  expect(connection.destroyed).toBe(true);
});

test('the frame O is read as the launcher writes it', () => {
  const steps = Buffer.concat([frame('D', Buffer.from('one')), frame('D', Buffer.alloc(0))]);
  expect(arrivalIn(Buffer.concat([ENDS, steps]))).toEqual({
    remoteAddress: '127.0.0.3',
    remotePort: 0xa1b2,
    localPort: 0xc1d2,
    steps: new FrameReader().take(steps),
  });
});

test('an opening that the launcher has answered is no step, and the connection and its replay say that it was', () => {
  const steps = Buffer.concat([frame('D', Buffer.from('one')), frame('D', Buffer.from('two'))]);
  const arrival = arrivalIn(Buffer.concat([ENDS, frame('G', Buffer.alloc(0)), steps]));
  expect(arrival).toMatchObject({ isOpened: true, steps: new FrameReader().take(steps) });
  const connection = new FramedConnection(
    arrival,
    () => undefined,
    () => undefined,
  );
  expect(connection.isOpened).toBe(true);
  expect(new ReplayedConnection(connection, arrival.steps).isOpened).toBe(true);
  expect(replayed(journal('Done')).connection.isOpened).toBeUndefined();
});
