import { readFileSync } from 'node:fs';
import { hasSystemCode, systemCode } from '../../src/support/index.js';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('the code of an error of the system', () => {
  const error = thrownBy(() => readFileSync('/nowhere/at/all'));
  expect(systemCode(error)).toBe('ENOENT');
  expect(hasSystemCode(error, 'EACCES', 'ENOENT')).toBe(true);
  expect(hasSystemCode(error, 'EACCES')).toBe(false);
});

test('an error of another realm is known by its shape', () => {
  expect(systemCode({ code: 'ECONNRESET' })).toBe('ECONNRESET');
});

test.each([[undefined], [null], ['ENOENT'], [new Error('ENOENT')], [{ code: 2 }], [42]])(
  '%p has no code',
  (thrown) => {
    expect(systemCode(thrown)).toBeUndefined();
    expect(hasSystemCode(thrown, 'ENOENT')).toBe(false);
  },
);
