import { KeyedQueue, SerialQueue } from '../../src/support/index.js';

/** Work that is over when the test says so. */
function held(log: string[], name: string): { work: () => Promise<string>; end: (error?: Error) => void } {
  const { promise, resolve, reject } = withResolvers();
  return {
    work: async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
      return name;
    },
    end: (error) => (error === undefined ? resolve() : reject(error)),
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve = (): void => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((one, other) => {
    resolve = one;
    reject = other;
  });
  return { promise, resolve, reject };
}

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

describe('SerialQueue', () => {
  it('runs one work after the other, in the order of the calls', async () => {
    const [queue, log]: [SerialQueue, string[]] = [new SerialQueue(), []];
    const [a, b] = [held(log, 'a'), held(log, 'b')];
    const both = [queue.run(a.work), queue.run(b.work)];
    await turn();
    expect(log).toEqual(['a begins']);
    a.end();
    await turn();
    expect(log).toEqual(['a begins', 'a ends', 'b begins']);
    b.end();
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });

  it('goes on after a work that failed, and gives the error to its caller alone', async () => {
    const queue = new SerialQueue();
    const error = new Error('no');
    const failing = queue.run(() => Promise.reject(error));
    const thrown = queue.run(() => {
      throw error;
    });
    const next = queue.run(() => 'done');
    await expect(failing).rejects.toBe(error);
    await expect(thrown).rejects.toBe(error);
    expect(await next).toBe('done');
  });

  it('is idle when the last work is over, also when that failed', async () => {
    const [queue, log]: [SerialQueue, string[]] = [new SerialQueue(), []];
    const a = held(log, 'a');
    const failing = queue.run(a.work);
    const idle = queue.idle().then(() => log.push('idle'));
    await turn();
    expect(log).toEqual(['a begins']);
    a.end(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await idle;
    expect(log).toEqual(['a begins', 'idle']);
  });
});

describe('KeyedQueue', () => {
  it('makes work wait for work of the same key only', async () => {
    const [queue, log]: [KeyedQueue, string[]] = [new KeyedQueue(), []];
    const [a, b, other] = [held(log, 'a'), held(log, 'b'), held(log, 'other')];
    const all = [queue.run('vm-1', a.work), queue.run('vm-1', b.work), queue.run('vm-2', other.work)];
    await turn();
    expect(log).toEqual(['a begins', 'other begins']);
    a.end(new Error('no'));
    await expect(all[0]).rejects.toThrow('no');
    await turn();
    expect(log).toEqual(['a begins', 'other begins', 'b begins']);
    b.end();
    other.end();
    expect(await Promise.all(all.slice(1))).toEqual(['b', 'other']);
  });

  it('forgets a key as soon as it has no work, and not before', async () => {
    const [queue, log]: [KeyedQueue<number>, string[]] = [new KeyedQueue(), []];
    const [a, b] = [held(log, 'a'), held(log, 'b')];
    const [first, second] = [queue.run(1, a.work), queue.run(1, b.work)];
    a.end();
    await first;
    expect(queue.size).toBe(1);
    b.end();
    await second;
    expect(queue.size).toBe(0);
  });
});
