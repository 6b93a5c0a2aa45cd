/**
 * Runs `work` for every item, at most `bound` at a time, in order of the items. Once `stop` is aborted no item
 * is begun any more. Results are in the order of the items; undefined = not begun. `work` must not reject.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  bound: number,
  stop: AbortSignal,
  work: (item: T) => Promise<R>,
): Promise<(R | undefined)[]> {
  const results = items.map((): R | undefined => undefined);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (stop.aborted) return;
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(bound, items.length) }, worker));
  return results;
}
