import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { abortReason, ERROR_CODES, OperationError, type ErrorCode } from '../../src/support/index.js';
import type { VolumeService } from '../../src/volume/index.js';
import { serveFolders, MOUNT, type Served } from './csi-client.js';

let served: Served;
beforeAll(async () => {
  served = await serveFolders();
});
afterAll(() => served.dispose());

const ID = randomUUID();
const create = (name: string): object => ({ name, volumeCapabilities: [MOUNT] });

/** A service's call that ends when the test says so. */
function held<T>(): {
  work: () => Promise<T>;
  calls: () => number;
  end: (value: T) => void;
  begun: Promise<void>;
} {
  let end: (value: T) => void = () => undefined;
  let begin: () => void = () => undefined;
  let calls = 0;
  const done = new Promise<T>((resolve) => (end = resolve));
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const work = (): Promise<T> => {
    calls += 1;
    begin();
    return done;
  };
  return { work, calls: () => calls, end, begun };
}

describe('whatever is thrown in a call becomes an answer', () => {
  afterEach(() => jest.restoreAllMocks());

  const expected: Record<ErrorCode, status> = {
    'invalid-input': status.INVALID_ARGUMENT,
    'not-found': status.NOT_FOUND,
    ambiguous: status.FAILED_PRECONDITION,
    unauthenticated: status.UNAUTHENTICATED,
    'permission-denied': status.PERMISSION_DENIED,
    unreachable: status.UNAVAILABLE,
    'untrusted-certificate': status.FAILED_PRECONDITION,
    'rate-limited': status.UNAVAILABLE,
    unavailable: status.UNAVAILABLE,
    conflict: status.FAILED_PRECONDITION,
    'task-failed': status.INTERNAL,
    'unexpected-response': status.INTERNAL,
    unsupported: status.FAILED_PRECONDITION,
    timeout: status.DEADLINE_EXCEEDED,
    cancelled: status.ABORTED,
    'not-running': status.FAILED_PRECONDITION,
    internal: status.INTERNAL,
  };

  test.each(ERROR_CODES)('an OperationError with the code %s', async (code) => {
    const error = new OperationError({ code, attempted: 'attach volume "db"', problem: 'VM "web-1" has it' });
    jest.spyOn(served.service, 'unstage').mockRejectedValueOnce(error);
    const refusal = await served.client.refusal('NodeUnstageVolume', {
      volumeId: ID,
      stagingTargetPath: '/s',
    });
    expect(refusal).toEqual({ code: expected[code], details: 'attach volume "db": VM "web-1" has it' });
  });

  test.each([
    ['CreateVolume', 'ensure', create('db')],
    ['CreateSnapshot', 'find', { sourceVolumeId: ID, name: 'before' }],
  ] as const)('conflict in %s is ALREADY_EXISTS', async (name, method, request) => {
    const error = new OperationError({ code: 'conflict', attempted: 'make it', problem: 'it is otherwise' });
    jest.spyOn(served.service, method).mockRejectedValueOnce(error);
    expect(await served.client.refusal(name, request)).toMatchObject({ code: status.ALREADY_EXISTS });
  });

  test.each<[string, unknown, string]>([
    [
      'an error of the system, whose code is a text',
      Object.assign(new Error('no such file'), { code: 'ENOENT' }),
      'no such file',
    ],
    ['an error with a number that is no status', Object.assign(new Error('odd'), { code: 4711 }), 'odd'],
    ['a text', 'out of luck', 'out of luck'],
    ['undefined', undefined, 'undefined'],
    ['an object without a prototype', Object.create(null), ''],
  ])('%s', async (_what, thrown, text) => {
    jest.spyOn(served.service, 'unstage').mockRejectedValueOnce(thrown);
    const refusal = await served.client.refusal('NodeUnstageVolume', {
      volumeId: ID,
      stagingTargetPath: '/s',
    });
    expect(refusal.code).toBe(status.INTERNAL);
    expect(refusal.details).toContain(text);
  });

  test('an error that is thrown at once, not rejected', async () => {
    jest.spyOn(served.service, 'unstage').mockImplementationOnce(() => {
      throw new Error('thrown at once');
    });
    const refusal = await served.client.refusal('NodeUnstageVolume', {
      volumeId: ID,
      stagingTargetPath: '/s',
    });
    expect(refusal).toMatchObject({
      code: status.INTERNAL,
      details: expect.stringContaining('thrown at once') as string,
    });
  });

  test('a service that answers nonsense', async () => {
    jest.spyOn(served.service, 'list').mockResolvedValueOnce(JSON.parse('[null]') as []);
    expect(await served.client.refusal('ListVolumes')).toMatchObject({ code: status.INTERNAL });
    expect(await served.client.call('Probe')).toEqual({ ready: { value: true } });
  });

  test('a text without an end is cut', async () => {
    jest.spyOn(served.service, 'unstage').mockRejectedValueOnce(new Error('ä'.repeat(100_000)));
    const refusal = await served.client.refusal('NodeUnstageVolume', {
      volumeId: ID,
      stagingTargetPath: '/s',
    });
    expect(refusal.details.length).toBeLessThan(2_100);
  });

  test('bytes that are no message', async () => {
    const broken = served.client.send(
      '/csi.v1.Node/NodeStageVolume',
      Buffer.from([0x0a, 0xff]),
      () => undefined,
    );
    await expect(broken.answer).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  test('a request above 4 MiB, and the driver goes on', async () => {
    const request = { ...create('db'), parameters: { size: 'x'.repeat(5 << 20) } };
    expect(await served.client.refusal('CreateVolume', request)).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
    expect(await served.client.call('Probe')).toEqual({ ready: { value: true } });
  });

  test('a call that the driver does not serve', async () => {
    const unknown = served.client.send(
      '/csi.v1.Controller/ControllerModifyVolume',
      Buffer.alloc(0),
      () => undefined,
    );
    await expect(unknown.answer).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });
});

describe('a call that takes long', () => {
  afterEach(() => jest.restoreAllMocks());
  const stage = (volumeId: string, stagingTargetPath = '/staging'): object => ({
    volumeId,
    stagingTargetPath,
    volumeCapability: MOUNT,
    volumeContext: { a: '1', b: '2' },
  });

  test('goes on when its client gives up, and the same request joins it', async () => {
    const work = held<undefined>();
    jest.spyOn(served.service, 'stage').mockImplementation(work.work);
    const first = served.client.start('NodeStageVolume', stage(ID));
    await work.begun;
    first.cancel();
    await expect(first.answer).rejects.toMatchObject({ code: status.CANCELLED });
    const second = served.client.call('NodeStageVolume', stage(ID));
    const third = served.client.call('NodeStageVolume', stage(ID));
    expect(await served.client.refusal('NodeUnpublishVolume', { volumeId: ID, targetPath: '/t' })).toEqual({
      code: status.ABORTED,
      details: `NodeUnpublishVolume: NodeStageVolume is still under way for volume ${ID}. Repeat the call later.`,
    });
    expect(await served.client.refusal('NodeStageVolume', stage(ID, '/elsewhere'))).toMatchObject({
      code: status.ABORTED,
    });
    const other = served.client.call('NodeUnstageVolume', {
      volumeId: randomUUID(),
      stagingTargetPath: '/s',
    });
    expect(await other).toEqual({});
    work.end(undefined);
    expect(await Promise.all([second, third])).toEqual([{}, {}]);
    expect(work.calls()).toBe(1);
  });

  test('that fails after its client gave up is told in the log, and the next request begins anew', async () => {
    let reject: (error: Error) => void = () => undefined;
    const begun = new Promise<void>((begin) => {
      jest.spyOn(served.service, 'stage').mockImplementationOnce(() => {
        begin();
        return new Promise((_resolve, fail) => (reject = fail));
      });
    });
    const id = randomUUID();
    const first = served.client.start('NodeStageVolume', stage(id));
    await begun;
    first.cancel();
    await expect(first.answer).rejects.toMatchObject({ code: status.CANCELLED });
    reject(new Error('the disk did not come'));
    const refusal = await served.client.refusal('NodeStageVolume', stage(id));
    expect([status.INTERNAL, status.NOT_FOUND]).toContain(refusal.code);
    expect(served.lines.join('\n')).toContain(
      `NodeStageVolume (volume ${id}): INTERNAL: answer the call: the disk did not come`,
    );
  });

  test('ends with the limit of a call', async () => {
    const short = await serveFolders({ limitMs: 30 });
    jest.spyOn(short.service, 'stage').mockImplementation(untilAborted());
    const refusal = await short.client.refusal('NodeStageVolume', stage(ID));
    expect(refusal).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await short.dispose();
  });

  test('ends with the driver', async () => {
    const long = await serveFolders();
    const begun = new Promise<void>((begin) => {
      jest.spyOn(long.service, 'stage').mockImplementation(untilAborted(begin));
    });
    const ended = long.client.refusal('NodeStageVolume', stage(ID));
    await begun;
    await long.server.close();
    expect(await ended).toMatchObject({ code: status.ABORTED });
    await long.dispose();
  });
});

/** Work that does nothing but stop when it is told to. */
function untilAborted(begin = (): void => undefined): VolumeService['stage'] {
  return (_volume, _request, { signal }) => {
    begin();
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(abortReason(signal))),
    );
  };
}

describe('secrets in requests', () => {
  afterEach(() => jest.restoreAllMocks());

  test('get neither into the log nor into an answer', async () => {
    const SECRET = 'correct horse battery staple';
    const entry = Buffer.concat([
      Buffer.from([0x0a, 3]),
      Buffer.from('pwd'),
      Buffer.from([0x12, SECRET.length]),
      Buffer.from(SECRET),
    ]);
    // The field's number and wire type 2 (`number << 3 | 2`), the entry's length, key and value of the map's entry.
    const secrets = (number: number): Buffer =>
      Buffer.concat([Buffer.from([(number << 3) | 2, entry.length]), entry]);
    const answers: unknown[] = [];
    for (const [name, number, request] of [
      ['CreateVolume', 5, { ...create('secret'), parameters: { nonsense: '1' } }],
      ['CreateVolume', 5, create('secret')],
      ['DeleteVolume', 2, { volumeId: ID }],
      ['ControllerPublishVolume', 5, { volumeId: ID, nodeId: 'vm/1', volumeCapability: MOUNT }],
      ['ControllerUnpublishVolume', 3, { volumeId: ID }],
      ['ControllerExpandVolume', 3, { volumeId: ID }],
      ['CreateSnapshot', 3, { sourceVolumeId: ID, name: 'secret' }],
      ['NodeStageVolume', 5, { volumeId: ID, stagingTargetPath: '/s' }],
      ['NodePublishVolume', 7, { volumeId: ID, targetPath: '/t', volumeCapability: MOUNT }],
    ] as const) {
      const call = served.client.start(name, request, secrets(number));
      answers.push(
        await call.answer.catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : '')),
      );
    }
    expect(answers).toHaveLength(9);
    expect(served.service.calls).toContain('ensure secret');
    expect([...served.lines, ...served.service.calls, JSON.stringify(answers)].join('\n')).not.toContain(
      SECRET,
    );
  });
});
