/**
 * Has garbage collected whenever so many bytes have passed through. The packaged runtime collects beside the program, in
 * a thread of its own: on a busy machine that one gets less time than the program has to make garbage, and the process
 * grew to 200 MiB while its connections held 8. Collected at once, it cannot. A collection takes some ms, and no client
 * sends as much in a lifetime as one is due after.
 */
export class GarbageLimit {
  readonly #bytes: number;
  readonly #collect: () => void;
  #passed = 0;

  constructor(bytes: number, collect = collectNow) {
    this.#bytes = bytes;
    this.#collect = collect;
  }

  /** So many bytes have passed through. */
  passed(bytes: number): void {
    this.#passed += bytes;
    if (this.#passed < this.#bytes) return;
    this.#passed = 0;
    this.#collect();
  }
}

/** Only the packaged runtime can be told to; Node's collects by itself before buffers outgrow its heap. */
function collectNow(): void {
  const runtime: unknown = Reflect.get(globalThis, 'Bun');
  if (typeof runtime !== 'object' || runtime === null || !('gc' in runtime)) return;
  const { gc } = runtime;
  if (typeof gc === 'function') Reflect.apply(gc, runtime, [true]);
}
