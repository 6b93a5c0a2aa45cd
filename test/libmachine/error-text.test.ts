import { causesOf } from '../../src/libmachine/error-text.js';
import { NoAnswer, HttpRefusal } from '../../src/prism/http/failure.js';
import { OperationError } from '../../src/support/index.js';

function caused(cause: unknown): OperationError {
  return new OperationError({ code: 'unreachable', attempted: 'a', problem: 'b', cause });
}

describe('what is behind an error', () => {
  test('is told down to the error of the system, with its code', () => {
    const system = Object.assign(new Error('read failed'), { code: 'ECONNRESET' });
    const http = Object.assign(new Error('socket hang up', { cause: system }), {
      name: 'AxiosError',
      code: 'ECONNRESET',
      config: { headers: { authorization: 'Basic c2VjcmV0' } },
    });
    expect(causesOf(caused(new NoAnswer('reset', true, http)))).toEqual([
      'caused by no answer (reset; the request may have arrived)',
      'caused by AxiosError: socket hang up (ECONNRESET)',
      'caused by Error: read failed (ECONNRESET)',
    ]);
  });

  test.each<[unknown, string]>([
    [new HttpRefusal(422, ['INVALID'], 'no such subnet'), 'HTTP 422 [INVALID]: no such subnet'],
    [new HttpRefusal(500, [], 'no explanation was given'), 'HTTP 500: no explanation was given'],
    [new NoAnswer('proxy', false), 'no answer (proxy; the request did not arrive)'],
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      'Error: connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['interrupted', 'interrupted'],
    [null, '[object Null]'],
    [new Map([['password', 'secret']]), '[object Map]'],
    [{ password: 'secret' }, '[object Object]'],
    [Object.create(null), '[object Object]'],
  ])('may be %p', (cause, words) => {
    expect(causesOf(caused(cause))[0]).toBe(`caused by ${words}`);
  });

  test('has an end also when an error is its own cause', () => {
    const error = new Error('again');
    error.cause = error;
    expect(causesOf(error).length).toBeLessThan(20);
  });

  test('may be nothing', () => {
    expect(causesOf(caused(undefined))).toEqual([]);
    expect(causesOf('thrown as text')).toEqual([]);
  });
});
