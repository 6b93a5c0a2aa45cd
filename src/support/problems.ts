import { OperationError } from './operation-error.js';

/**
 * Several problems of one attempt as one error: numbered, each text once, with the code of the first problem. A
 * single problem stays as it is. The problems themselves are in `cause`; `problemsIn` gives them back.
 */
export function asOneError(
  attempted: string,
  problems: readonly [OperationError, ...OperationError[]],
): OperationError {
  const [first, ...others] = problems;
  if (others.length === 0) return first;
  const texts = [...new Set(problems.map(({ message }) => message))];
  return new OperationError({
    code: first.code,
    attempted,
    problem: texts.map((text, index) => `(${index + 1}) ${text}`).join(' '),
    cause: new AggregateError(problems),
  });
}

/** The problems that `asOneError` put together; anything else that was thrown is its own only problem. */
export function problemsIn(thrown: unknown): readonly unknown[] {
  if (!(thrown instanceof OperationError && thrown.cause instanceof AggregateError)) return [thrown];
  return thrown.cause.errors;
}

/** An input that cannot be used. `advice`: what to do about it, a full sentence. */
export function invalidInput(attempted: string, problem: string, advice: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted, problem, advice });
}

/** What is wrong with an input, all of it in one error. undefined when there is no problem. */
export function inputError(attempted: string, problems: readonly string[]): OperationError | undefined {
  if (problems.length === 0) return undefined;
  const problem = problems.map((text) => text.replace(/\.$/, '')).join('; ');
  return new OperationError({ code: 'invalid-input', attempted, problem });
}

/** What a schema finds wrong with an input (zod's issues), each behind its field; `whole` is what all of it is called. */
export function schemaError(
  attempted: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  whole: string,
): OperationError {
  const problem = issues
    .map(({ path, message }) => `${path.map(String).join('.') || whole}: ${message}`)
    .join('; ');
  return new OperationError({ code: 'invalid-input', attempted, problem });
}
