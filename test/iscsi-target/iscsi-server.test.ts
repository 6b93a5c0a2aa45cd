import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IscsiServer, type IscsiTarget } from '../../src/iscsi-target/index.js';

/*
 * The initiator is libiscsi, by its programs (Debian's libiscsi-bin): it knows nothing of our code. It asks for an
 * environment of its own for CHAP.
 */
const hasInitiator = existsSync('/usr/bin/iscsi-inq');
if (!hasInitiator) process.stderr.write('tests of the iSCSI target are skipped: there is no libiscsi-bin\n');
const describeWithInitiator = hasInitiator ? describe : describe.skip;

const NAME = 'iqn.2010-06.com.nutanix:wpdb-tgt0';
const INITIATOR = 'iqn.1993-08.org.debian:01:web-1';
const SERIAL = 'NFS_1_0_45727_b29f577f_1354_4c4a_ae12_f3809dea44cf';
const SIZE = 4 << 20;

let folder: string;
let server: IscsiServer;
let target: IscsiTarget;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iscsi-target-'));
  const path = join(folder, 'disk');
  await writeFile(path, Buffer.alloc(SIZE));
  target = {
    name: NAME,
    disks: [{ lun: 0, path, sizeBytes: SIZE, serial: SERIAL }],
    clients: [{ initiatorName: INITIATOR, secret: 'fourteen-bytes' }],
  };
  server = await IscsiServer.start({ address: '127.0.0.1', port: 0, sessionPort: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => await server.serve([target]));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

async function run(program: string, ...args: string[]): Promise<Outcome> {
  return await new Promise((resolve) => {
    execFile(`/usr/bin/${program}`, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
        output: stdout + stderr,
      });
    });
  });
}

function url(secret: string, lun = 0, initiator = INITIATOR): string {
  return `iscsi://${initiator}%${secret}@${server.portal}/${NAME}/${lun}`;
}

describeWithInitiator('a real initiator', () => {
  test('sees the targets that it may have', async () => {
    const mine = await run('iscsi-ls', '-i', INITIATOR, `iscsi://${server.portal}`);
    expect(mine.output).toContain(`Target:${NAME} Portal:${server.portal},1`);
    const others = await run('iscsi-ls', '-i', `${INITIATOR}-other`, `iscsi://${server.portal}`);
    expect(others.output).not.toContain(NAME);
  });

  test('signs in by CHAP, is redirected, and finds the disk by its serial', async () => {
    const { code, output } = await run(
      'iscsi-inq',
      '-i',
      INITIATOR,
      '-e',
      '1',
      '-c',
      '131',
      url('fourteen-bytes'),
    );
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain(SERIAL);
  });

  test('reads the size', async () => {
    const { output } = await run('iscsi-readcapacity16', '-i', INITIATOR, '-s', url('fourteen-bytes'));
    expect(output.trim()).toBe(String(SIZE));
  });

  test.each([
    ['another secret', () => url('another-secret'), INITIATOR],
    ['no secret', () => `iscsi://${server.portal}/${NAME}/0`, INITIATOR],
    ['the name of nobody who has it', () => url('fourteen-bytes'), `${INITIATOR}-other`],
  ])('is refused with %s', async (_what, where, initiator) => {
    expect(await run('iscsi-inq', '-i', initiator, where())).not.toMatchObject({ code: 0 });
  });

  test("writes and reads as libiscsi's own suite wants it", async () => {
    const families = ['Read10', 'Write10', 'Read16', 'Write16', 'TestUnitReady', 'Inquiry.Standard'];
    for (const family of families) {
      const { code, output } = await run(
        ...(['iscsi-test-cu', '--dataloss', '-i', INITIATOR, '-t', `SCSI.${family}`] as const),
        url('fourteen-bytes'),
      );
      expect({ family, code, output }).toMatchObject({ code: 0 });
    }
  });
});

async function content(): Promise<Buffer> {
  return await readFile(join(folder, 'disk'));
}

/** A connection that sends what it is told, and what comes back until it is closed. */
async function spoken(bytes: Buffer): Promise<Buffer> {
  const [host = '', port] = server.portal.split(':');
  return await new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ host, port: Number(port) }, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

test.each([
  ['a command before the login', Buffer.concat([Buffer.from([0x01, 0x80]), Buffer.alloc(46)])],
  [
    'more data than a unit has',
    Buffer.concat([Buffer.from([0x43, 0x87, 0, 0, 0, 0xff, 0xff, 0xff]), Buffer.alloc(40)]),
  ],
])('%s ends the connection, and nothing else', async (_what, bytes) => {
  const before = await content();
  expect(await spoken(bytes)).toHaveLength(0);
  expect((await content()).equals(before)).toBe(true);
});

test('a port in use is one message', async () => {
  const port = Number(server.portal.split(':')[1]);
  await expect(IscsiServer.start({ address: '127.0.0.1', port, sessionPort: 0 })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('serve iSCSI at 127.0.0.1') as unknown,
  });
});
