/** Of an entity, or of a task with its prefix. */
const ID = /^(?:[\w+/]+={0,2}:)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const ID_IN_TEXT = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const NOBODY = /^[0-]+$/;

/**
 * Which id here stands for which recorded one. An id that both servers made has another value here, and always the same
 * one: where it is told a second time it has to be that.
 */
export class RecordedIds {
  readonly #ours = new Map<string, string>();

  /** A recorded value with our ids in it. Those that `ours` tells for the first time are learned. */
  translated(real: unknown, ours: unknown): unknown {
    this.#learn(real, ours);
    return this.#inValue(real);
  }

  inText(text: string): string {
    return text.replace(ID_IN_TEXT, (id) => this.#ours.get(id) ?? id);
  }

  #learn(real: unknown, ours: unknown): void {
    if (typeof real === 'string' && typeof ours === 'string') {
      if (!ID.test(real) || !ID.test(ours) || NOBODY.test(real)) return;
      const [id, own] = [real.slice(-36), ours.slice(-36)];
      if (!this.#ours.has(id)) this.#ours.set(id, own);
    } else if (isObject(real) && isObject(ours)) {
      for (const name of Object.keys(real)) this.#learn(real[name], ours[name]);
    }
  }

  #inValue(value: unknown): unknown {
    if (typeof value === 'string') return this.inText(value);
    if (Array.isArray(value)) return value.map((item) => this.#inValue(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#inValue(inner)]));
  }
}

/** Lists too: their indices are names. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
