import { asOneError, inputError, OperationError, problemsIn } from '../../src/support/index.js';

const problem = (code: 'not-found' | 'ambiguous', text: string): OperationError =>
  new OperationError({ code, attempted: `look up ${text}`, problem: 'no' });

describe('asOneError', () => {
  it('leaves a single problem as it is', () => {
    const only = problem('not-found', 'image');
    expect(asOneError('prepare', [only])).toBe(only);
  });

  it('numbers several, with the code of the first and all of them as its cause', () => {
    const [image, subnet] = [problem('not-found', 'image'), problem('ambiguous', 'subnet')];
    const error = asOneError('prepare', [image, subnet]);
    expect(error).toMatchObject({
      code: 'not-found',
      message: 'prepare: (1) look up image: no (2) look up subnet: no',
    });
    expect(problemsIn(error)).toEqual([image, subnet]);
  });

  it('says the same text once', () => {
    const error = asOneError('prepare', [problem('not-found', 'image'), problem('not-found', 'image')]);
    expect(error.message).toBe('prepare: (1) look up image: no');
    expect(problemsIn(error)).toHaveLength(2);
  });
});

describe('problemsIn', () => {
  it.each([[problem('not-found', 'image')], [new Error('x')], [new AggregateError([1])], ['text']])(
    '%p is its own only problem',
    (thrown) => expect(problemsIn(thrown)).toEqual([thrown]),
  );
});

describe('inputError', () => {
  it('is none without problems', () => expect(inputError('read', [])).toBeUndefined());

  it('joins all problems to one sentence', () =>
    expect(inputError('read the options', ['a is missing.', 'b is no number'])).toMatchObject({
      code: 'invalid-input',
      message: 'read the options: a is missing; b is no number',
    }));
});
