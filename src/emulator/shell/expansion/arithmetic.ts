import type { Dialect } from '../grammar/syntax.js';

/** What arithmetic needs of the shell around it. */
export interface ArithmeticScope {
  readonly dialect: Dialect;
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const TOKENS = {
  dash: /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:()])/y,
  bash: /\s*(0[xX][0-9a-fA-F]+|\d+#\w+|\d+|[A-Za-z_]\w*(?:\+\+|--)?|(?:\+\+|--)[A-Za-z_]\w*|\*\*|<<=|>>=|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),])/y,
} as const;
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

/** The value of `$((text))`: a whole number of 64 bits. */
export function evaluateArithmetic(text: string, scope: ArithmeticScope, depth = 0): bigint {
  return new Evaluation(text, scope, depth).value();
}

type Problem = 'primary' | 'EOF' | 'division';

class Evaluation {
  readonly #tokens: string[] = [];
  readonly #rest: string;
  #at = 0;
  #depth: number;
  /** Greater than zero in a branch that is not taken: nothing is assigned there. */
  #skipped = 0;

  constructor(
    private readonly text: string,
    private readonly scope: ArithmeticScope,
    depth: number,
  ) {
    this.#depth = depth;
    const pattern = TOKENS[scope.dialect];
    pattern.lastIndex = 0;
    let end = 0;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      this.#tokens.push(found[1] ?? '');
      end = pattern.lastIndex;
    }
    this.#rest = text.slice(end).trim();
  }

  value(): bigint {
    if (this.#tokens.length === 0 && this.#rest === '' && this.scope.dialect === 'bash') return 0n;
    let value = this.#assignment();
    while (this.#accept(',')) value = this.#assignment();
    if (this.#at < this.#tokens.length || this.#rest !== '') throw this.#error('EOF');
    return value;
  }

  #assignment(): bigint {
    if (++this.#depth > MAX_DEPTH) throw this.#error('primary');
    const name = this.#tokens[this.#at] ?? '';
    const operator = /^[A-Za-z_]\w*$/.test(name)
      ? /^([-+*/%&|^]|<<|>>)?=$/.exec(this.#tokens[this.#at + 1] ?? '')
      : null;
    const value = operator === null ? this.#ternary() : this.#assign(name, operator[1] ?? '');
    this.#depth--;
    return value;
  }

  #assign(name: string, operator: string): bigint {
    this.#at += 2;
    const right = this.#assignment();
    const value = operator === '' ? right : this.#apply(operator, this.#variable(name), right);
    this.#set(name, value);
    return value;
  }

  #set(name: string, value: bigint): void {
    if (this.#skipped === 0) this.scope.set(name, String(value));
  }

  #ternary(): bigint {
    const condition = this.#binary(0);
    if (!this.#accept('?')) return condition;
    const whenTrue = this.#unless(condition === 0n, () => this.#assignment());
    if (!this.#accept(':')) throw this.#error('primary');
    const whenFalse = this.#unless(condition !== 0n, () => this.#assignment());
    return condition === 0n ? whenFalse : whenTrue;
  }

  /** Reads what follows without effects when `skipped`. */
  #unless(skipped: boolean, read: () => bigint): bigint {
    if (skipped) this.#skipped++;
    const value = read();
    if (skipped) this.#skipped--;
    return value;
  }

  #binary(level: number): bigint {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#tokens[this.#at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.#at++;
      const decided = (operator === '&&' && left === 0n) || (operator === '||' && left !== 0n);
      const right = this.#unless(decided, () => this.#binary(level + 1));
      left = this.#apply(operator, left, right);
    }
  }

  #unary(): bigint {
    if (this.#accept('-')) return BigInt.asIntN(64, -this.#unary());
    if (this.#accept('+')) return this.#unary();
    if (this.#accept('!')) return this.#unary() === 0n ? 1n : 0n;
    if (this.#accept('~')) return ~this.#unary();
    if (this.#accept('(')) {
      const value = this.#assignment();
      if (!this.#accept(')')) throw this.#error('primary');
      return value;
    }
    const token = this.#tokens[this.#at] ?? '';
    const [, before = '', name, after = ''] = /^(\+\+|--)?([A-Za-z_]\w*)(\+\+|--)?$/.exec(token) ?? [];
    if (name === undefined && !/^\d/.test(token)) throw this.#error('primary');
    this.#at++;
    return name === undefined ? this.#number(token) : this.#step(name, before, after);
  }

  /** A variable, with `++` or `--` before or after it. */
  #step(name: string, before: string, after: string): bigint {
    const value = this.#variable(name);
    if (before === '' && after === '') return value;
    const changed = value + (`${before}${after}` === '++' ? 1n : -1n);
    this.#set(name, changed);
    return before === '' ? value : changed;
  }

  /** dash wants a number in a variable, bash takes any expression. */
  #variable(name: string): bigint {
    const text = (this.scope.get(name) ?? '').trim();
    if (text === '') return 0n;
    const [, sign = '', digits] = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text) ?? [];
    if (digits !== undefined) return sign === '-' ? -this.#number(digits) : this.#number(digits);
    if (this.scope.dialect === 'bash') return evaluateArithmetic(text, this.scope, this.#depth + 1);
    throw new ArithmeticError(`Illegal number: ${text}`);
  }

  #number(text: string): bigint {
    const [, base, digits] = /^(\d+)#(\w+)$/.exec(text) ?? [];
    if (base !== undefined && digits !== undefined) return BigInt(parseInt(digits, Number(base)));
    if (!/^0\d/.test(text)) return BigInt.asIntN(64, BigInt(text));
    if (/^[0-7]+$/.test(text)) return BigInt.asIntN(64, BigInt(`0o${text.replace(/^0+/, '') || '0'}`));
    if (this.scope.dialect === 'dash') throw new ArithmeticError(`Illegal number: ${text}`);
    throw new ArithmeticError(`${text}: value too great for base (error token is "${text}")`);
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    if ((operator === '/' || operator === '%') && right === 0n) {
      if (this.#skipped > 0) return 0n;
      throw this.#error('division');
    }
    const apply = OPERATIONS[operator];
    if (apply === undefined) throw this.#error('primary');
    return BigInt.asIntN(64, apply(left, right));
  }

  #error(problem: Problem): ArithmeticError {
    if (this.scope.dialect === 'dash') {
      const what = problem === 'division' ? 'division by zero' : `expecting ${problem}`;
      return new ArithmeticError(`arithmetic expression: ${what}: "${this.text}"`);
    }
    const place = Math.max(0, this.#at - (problem === 'division' ? 1 : 0));
    const token = [...this.#tokens.slice(place), this.#rest].filter((text) => text !== '').join(' ');
    const what =
      problem === 'division'
        ? 'division by 0'
        : problem === 'EOF'
          ? 'syntax error in expression'
          : 'syntax error: operand expected';
    return new ArithmeticError(`${this.text}: ${what} (error token is "${token}")`);
  }
}

const bit = (value: boolean): bigint => (value ? 1n : 0n);

const OPERATIONS: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '||': (left, right) => bit(left !== 0n || right !== 0n),
  '&&': (left, right) => bit(left !== 0n && right !== 0n),
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '&': (left, right) => left & right,
  '==': (left, right) => bit(left === right),
  '!=': (left, right) => bit(left !== right),
  '<': (left, right) => bit(left < right),
  '<=': (left, right) => bit(left <= right),
  '>': (left, right) => bit(left > right),
  '>=': (left, right) => bit(left >= right),
  '<<': (left, right) => left << (right & 63n),
  '>>': (left, right) => left >> (right & 63n),
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '**': (left, right) => left ** (right < 0n ? 0n : right > 64n ? 64n : right),
};
