import { compileRegularExpression } from '../regex/index.js';
import type { Shell } from './state/shell.js';
import { compilePattern, matches } from './expansion/pattern.js';
import type { Word } from './grammar/syntax.js';
import { binaryTest, isIntegerTest, unaryTest, type TestContext } from './builtins/test-expression.js';

/** `[[ … ]]`: like `test`, but with patterns, `=~`, `&&` and `||`, and without splitting. */
export async function evaluateConditional(shell: Shell, words: readonly Word[]): Promise<boolean> {
  return new Evaluation(shell, words).or();
}

class Evaluation {
  #at = 0;
  readonly #context: TestContext;

  constructor(
    private readonly shell: Shell,
    private readonly words: readonly Word[],
  ) {
    const { system, user, terminal } = shell.process;
    this.#context = { system, user, terminal, cwd: shell.state.cwd, dialect: 'bash' };
  }

  async or(): Promise<boolean> {
    let value = await this.#and();
    while (this.#accept('||')) {
      const right = await this.#and();
      value ||= right;
    }
    return value;
  }

  async #and(): Promise<boolean> {
    let value = await this.#not();
    while (this.#accept('&&')) {
      const right = await this.#not();
      value &&= right;
    }
    return value;
  }

  async #not(): Promise<boolean> {
    if (this.#accept('!')) return !(await this.#not());
    if (!this.#accept('(')) return this.#primary();
    const value = await this.or();
    this.#accept(')');
    return value;
  }

  async #primary(): Promise<boolean> {
    const first = this.#operator();
    const operand = this.words[this.#at + 1];
    if (first?.startsWith('-') === true && operand !== undefined) {
      const value = unaryTest(first, await this.shell.expansion.text(operand), this.#context);
      if (value !== undefined) {
        this.#at += 2;
        return value;
      }
    }
    const left = await this.shell.expansion.text(this.words[this.#at++] ?? []);
    const operator = this.#operator();
    const right = this.words[this.#at + 1];
    if (operator === undefined || right === undefined || ['&&', '||', ')'].includes(operator))
      return left !== '';
    this.#at += 2;
    return this.#compare(left, operator, right);
  }

  async #compare(left: string, operator: string, right: Word): Promise<boolean> {
    if (['=', '==', '!='].includes(operator)) {
      const pattern = compilePattern(await this.shell.expansion.pattern(right));
      return matches(pattern, left) === (operator !== '!=');
    }
    if (operator === '=~') return this.#fits(left, right);
    const text = await this.shell.expansion.text(right);
    if (!isIntegerTest(operator)) return binaryTest(left, operator, text, this.#context) ?? false;
    const { expansion } = this.shell;
    return (
      binaryTest(expansion.arithmetic(left), operator, expansion.arithmetic(text), this.#context) ?? false
    );
  }

  /** `=~`: what is quoted stands for itself. */
  async #fits(left: string, right: Word): Promise<boolean> {
    const chunks = await this.shell.expansion.pattern(right);
    const source = chunks.map(({ text, quoted }) =>
      quoted ? text.replace(/[.[\]{}()*+?^$|\\]/g, '\\$&') : text,
    );
    return compileRegularExpression(source.join(''), { extended: true }).search(left) !== undefined;
  }

  /** The word at the cursor if it is plain text. */
  #operator(): string | undefined {
    const [only, more] = this.words[this.#at] ?? [];
    return only?.kind === 'literal' && !only.quoted && more === undefined ? only.text : undefined;
  }

  #accept(word: string): boolean {
    if (this.#operator() !== word) return false;
    this.#at++;
    return true;
  }
}
