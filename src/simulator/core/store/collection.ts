/** Records of one kind in the order of their making, found by id. */
export class Collection<T> {
  readonly #byId = new Map<string, T>();
  readonly #idOf: (record: T) => string;

  constructor(idOf: (record: T) => string) {
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Adds, or replaces the record of the same id in its place. */
  put(record: T): void {
    this.#byId.set(this.#idOf(record), record);
  }

  delete(id: string): boolean {
    return this.#byId.delete(id);
  }

  find(matches: (record: T) => boolean): T | undefined {
    for (const record of this.#byId.values()) if (matches(record)) return record;
    return undefined;
  }

  [Symbol.iterator](): MapIterator<T> {
    return this.#byId.values();
  }

  toArray(): T[] {
    return [...this.#byId.values()];
  }
}
