import { ERROR_CODES, hasCode, OperationError, unlessCode } from '../../src/support/index.js';

const fields = {
  code: 'not-found',
  attempted: 'look up image "ubuntu"',
  problem: 'no image of that name',
} as const;

describe('OperationError', () => {
  it('says attempt, problem, task and advice in one line', () => {
    const error = new OperationError({
      ...fields,
      problem: 'no image\n  of that name',
      taskId: '5b7a6dde',
      advice: 'Check --nutanix-vm-image.',
    });
    expect(error.message).toBe(
      'look up image "ubuntu": no image of that name (task 5b7a6dde). Check --nutanix-vm-image.',
    );
  });

  it.each([
    ['ends without a stop', 'gone', 'a: gone. Do this.'],
    ['ends with a stop', 'gone.', 'a: gone. Do this.'],
    ['ends with a question', 'gone?', 'a: gone? Do this.'],
  ])('joins advice to a problem that %s', (_, problem, expected) => {
    const error = new OperationError({ code: 'internal', attempted: 'a', problem, advice: 'Do this.' });
    expect(error.message).toBe(expected);
  });

  it('keeps the cause', () => {
    const cause = new Error('ECONNRESET');
    expect(new OperationError({ ...fields, cause }).cause).toBe(cause);
    expect('cause' in new OperationError(fields)).toBe(false);
  });
});

describe('OperationError.from', () => {
  it('returns an OperationError as it is', () => {
    const error = new OperationError(fields);
    expect(OperationError.from(error, 'anything')).toBe(error);
  });

  it.each([
    [new TypeError('x is undefined'), 'start VM: x is undefined'],
    ['a bare string', 'start VM: a bare string'],
    [undefined, 'start VM: undefined'],
  ])('wraps %p as a fault of ours', (thrown, message) => {
    const error = OperationError.from(thrown, 'start VM');
    expect(error).toMatchObject({ code: 'internal', message });
    expect(error.cause).toBe(thrown);
  });
});

describe('hasCode', () => {
  it('is true only for an OperationError with one of the codes', () => {
    const error = new OperationError(fields);
    expect(hasCode(error, 'ambiguous', 'not-found')).toBe(true);
    expect(hasCode(error, 'ambiguous')).toBe(false);
    expect(hasCode({ ...fields }, ...ERROR_CODES)).toBe(false);
  });
});

describe('unlessCode', () => {
  const missing = new OperationError({ code: 'not-found', attempted: 'read it', problem: 'there is none' });

  test('is what the work resolves with, and undefined for the codes that mean nothing is there', async () => {
    expect(await unlessCode(Promise.resolve('it'), 'not-found')).toBe('it');
    expect(await unlessCode(Promise.reject<string>(missing), 'conflict', 'not-found')).toBeUndefined();
  });

  test('rejects with every other error', async () => {
    await expect(unlessCode(Promise.reject(missing), 'conflict')).rejects.toBe(missing);
    await expect(unlessCode(Promise.reject(new TypeError('ours')), 'not-found')).rejects.toThrow('ours');
  });
});
