/** The circles of a graph, each as the names in it: its strongly connected parts of two and more (Tarjan). */
export function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  function visit(name: string): number {
    const own = order.size;
    order.set(name, own);
    lowest.set(name, own);
    open.push(name);
    for (const next of graph.get(name) ?? []) {
      if (!graph.has(next)) continue;
      const known = order.get(next);
      const reached = known === undefined ? visit(next) : open.includes(next) ? known : own;
      lowest.set(name, Math.min(lowest.get(name) ?? own, reached));
    }
    const low = lowest.get(name) ?? own;
    if (low === own) {
      const circle = open.splice(open.indexOf(name));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  }

  for (const name of graph.keys()) if (!order.has(name)) visit(name);
  return circles;
}
