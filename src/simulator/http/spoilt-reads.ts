import type { Strike } from '../core/faults/injector.js';
import type { Answer } from './route.js';

interface Shown {
  readonly answer: Answer;
  readonly text: string;
  /** How many more reads show it although there is something newer; undefined = nothing newer was there yet. */
  readonly left: number | undefined;
}

/** What fault rules make of true answers to reads: older ones, and ones with members missing. */
export class SpoiltReads {
  readonly #shown = new Map<string, Shown>();

  /** `path` with query. */
  spoil(path: string, { lag, hidden }: Strike, answer: Answer): Answer {
    const shown = lag === 0 ? answer : this.#lagging(path, lag, answer);
    return hidden.length === 0 ? shown : { ...shown, body: without(shown.body, hidden) };
  }

  #lagging(path: string, lag: number, answer: Answer): Answer {
    const before = this.#shown.get(path);
    const text = JSON.stringify(answer.body);
    const left = before?.left ?? lag;
    if (before === undefined || before.text === text || left === 0) {
      this.#shown.set(path, { answer, text, left: undefined });
      return answer;
    }
    this.#shown.set(path, { ...before, left: left - 1 });
    return before.answer;
  }
}

function without(value: unknown, hidden: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, hidden));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !hidden.includes(name))
      .map(([name, inner]) => [name, without(inner, hidden)]),
  );
}
