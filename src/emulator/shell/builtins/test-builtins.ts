import { fail, isDash, type Builtin, type BuiltinCall } from '../state/shell.js';
import { binaryTest, TestError, unaryTest, type TestContext } from './test-expression.js';

/** Recursive descent over `test`'s arguments: `-o` binds least, then `-a`, then `!`. */
class Evaluation {
  #at = 0;

  constructor(
    private readonly args: readonly string[],
    private readonly context: TestContext,
  ) {}

  /** What the number of arguments decides comes first, as POSIX wants it. */
  value(): boolean {
    const [first = '', second = '', third = ''] = this.args;
    if (this.args.length === 0) return false;
    if (this.args.length === 3) {
      const value = binaryTest(first, second, third, this.context);
      if (value !== undefined) return value;
    }
    if (first === '!' && this.args.length > 1 && this.args.length <= 4)
      return !new Evaluation(this.args.slice(1), this.context).value();
    const value = this.#or();
    if (this.#at < this.args.length) throw this.#left();
    return value;
  }

  /** What is wrong when arguments are left over. */
  #left(): TestError {
    const [, second = ''] = this.args;
    if (this.context.dialect === 'dash')
      return new TestError(`${this.args[this.#at - 1] ?? ''}: unexpected operator`);
    if (this.args.length === 2) return new TestError(`${this.args[0] ?? ''}: unary operator expected`);
    return new TestError(
      this.args.length === 3 ? `${second}: binary operator expected` : 'too many arguments',
    );
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#accept('-o')) value = this.#and() || value;
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.#accept('-a')) value = this.#not() && value;
    return value;
  }

  #not(): boolean {
    const lonely = this.#at === this.args.length - 1;
    if (!lonely && this.#accept('!')) return !this.#not();
    return this.#primary();
  }

  #primary(): boolean {
    const [first, second, third] = this.args.slice(this.#at, this.#at + 3);
    if (first === undefined) throw new TestError('argument expected');
    if (second !== undefined && third !== undefined) {
      const value = binaryTest(first, second, third, this.context);
      if (value !== undefined) return this.#taken(3, value);
    }
    if (first === '(' && second !== undefined) {
      this.#at++;
      const value = this.#or();
      if (!this.#accept(')'))
        throw new TestError(this.context.dialect === 'dash' ? 'closing paren expected' : "`)' expected");
      return value;
    }
    const value = second === undefined ? undefined : unaryTest(first, second, this.context);
    return value === undefined ? this.#taken(1, first !== '') : this.#taken(2, value);
  }

  #taken(count: number, value: boolean): boolean {
    this.#at += count;
    return value;
  }

  #accept(word: string): boolean {
    if (this.args[this.#at] !== word) return false;
    this.#at++;
    return true;
  }
}

async function test(call: BuiltinCall): Promise<number> {
  const { shell, args } = call;
  let operands = args.slice(1);
  if (args[0] === '[') {
    if (operands.at(-1) !== ']') return fail(call, isDash(call) ? 'missing ]' : "missing `]'");
    operands = operands.slice(0, -1);
  }
  const { system, user, terminal } = shell.process;
  const { cwd, dialect } = shell.state;
  try {
    return new Evaluation(operands, { system, user, terminal, cwd, dialect }).value() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    return fail(call, error.message);
  }
}

export const testBuiltins: readonly (readonly [string, Builtin])[] = [
  ['test', test],
  ['[', test],
];
