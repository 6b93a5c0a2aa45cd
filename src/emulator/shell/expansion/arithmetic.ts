/** Variables as arithmetic sees them. */
export interface ArithmeticVariables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*(?:\+\+|--)?|(?:\+\+|--)[A-Za-z_]\w*|\*\*|<<|>>|[<>=!]=|&&|\|\||[-+*/%]=|[-+*/%<>=!~&|^?:(),])/y;
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
];
const MAX_DEPTH = 100;

/** An expression that makes no sense; the message is the shell's. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError';
}

/** The value of `$((text))`. */
export function evaluateArithmetic(text: string, variables: ArithmeticVariables): number {
  return new Evaluation(text, variables).value();
}

class Evaluation {
  readonly #tokens: string[] = [];
  #at = 0;
  #depth = 0;

  constructor(
    private readonly text: string,
    private readonly variables: ArithmeticVariables,
  ) {
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
      this.#tokens.push(found[1] ?? '');
      end = TOKEN.lastIndex;
    }
    if (text.slice(end).trim() !== '') throw this.#error();
  }

  value(): number {
    if (this.#tokens.length === 0) return 0;
    const value = this.#assignment();
    if (this.#at < this.#tokens.length) throw this.#error();
    return value;
  }

  #assignment(): number {
    if (++this.#depth > MAX_DEPTH) throw this.#error();
    const name = this.#tokens[this.#at] ?? '';
    const operator = /^[A-Za-z_]/.test(name) ? /^([-+*/%]?)=$/.exec(this.#tokens[this.#at + 1] ?? '') : null;
    const value = operator === null ? this.#ternary() : this.#assign(name, operator[1] ?? '');
    this.#depth--;
    return value;
  }

  #assign(name: string, operator: string): number {
    this.#at += 2;
    const right = this.#assignment();
    const value = operator === '' ? right : this.#apply(operator, this.#variable(name), right);
    this.variables.set(name, String(value));
    return value;
  }

  #ternary(): number {
    const condition = this.#binary(0);
    if (!this.#accept('?')) return condition;
    const whenTrue = this.#assignment();
    if (!this.#accept(':')) throw this.#error();
    const whenFalse = this.#assignment();
    return condition === 0 ? whenFalse : whenTrue;
  }

  #binary(level: number): number {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#tokens[this.#at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.#at++;
      left = this.#apply(operator, left, this.#binary(level + 1));
    }
  }

  #unary(): number {
    if (this.#accept('-')) return -this.#unary();
    if (this.#accept('+')) return this.#unary();
    if (this.#accept('!')) return this.#unary() === 0 ? 1 : 0;
    if (this.#accept('~')) return ~this.#unary();
    if (this.#accept('(')) {
      const value = this.#assignment();
      if (!this.#accept(')')) throw this.#error();
      return value;
    }
    const token = this.#tokens[this.#at++] ?? '';
    const [, before = '', name, after = ''] = /^(\+\+|--)?([A-Za-z_]\w*)(\+\+|--)?$/.exec(token) ?? [];
    if (name !== undefined) return this.#step(name, before, after);
    if (/^\d/.test(token)) return /^0\d/.test(token) ? parseInt(token, 8) : Number(token);
    throw this.#error();
  }

  /** A variable, with `++` or `--` before or after it. */
  #step(name: string, before: string, after: string): number {
    const value = this.#variable(name);
    if (before === '' && after === '') return value;
    const changed = value + (`${before}${after}` === '++' ? 1 : -1);
    this.variables.set(name, String(changed));
    return before === '' ? value : changed;
  }

  #variable(name: string): number {
    const value = Number(this.variables.get(name) ?? '0');
    return Number.isFinite(value) ? Math.trunc(value) : 0;
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #apply(operator: string, left: number, right: number): number {
    if ((operator === '/' || operator === '%') && right === 0) throw new ArithmeticError('division by 0');
    const apply = OPERATIONS[operator];
    if (apply === undefined) throw this.#error();
    const value = Math.trunc(apply(left, right));
    return Number.isFinite(value) ? value : 0;
  }

  #error(): ArithmeticError {
    return new ArithmeticError(`${this.text}: syntax error: operand expected`);
  }
}

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '||': (left, right) => Number(left !== 0 || right !== 0),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '&': (left, right) => left & right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '<<': (left, right) => left * 2 ** (right & 63),
  '>>': (left, right) => Math.floor(left / 2 ** (right & 63)),
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
};
