/** An edge that may be collapsed; `stamp` tells whether its cost is still right. */
export interface CollapseEdge {
  readonly cost: number;
  readonly first: number;
  readonly second: number;
  readonly stamp: number;
}

/** Binary heap of edges: least cost first, ties by vertex indices, so the order is always the same. */
export class IndexedHeap {
  private readonly items: CollapseEdge[] = [];

  push(item: CollapseEdge): void {
    const { items } = this;
    let place = items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[place] = items[parent]!;
      place = parent;
    }
    items[place] = item;
  }

  pop(): CollapseEdge | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[place] = items[child]!;
      place = child;
    }
    items[place] = last;
    return top;
  }
}

function before(a: CollapseEdge, b: CollapseEdge): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  return a.first !== b.first ? a.first < b.first : a.second < b.second;
}
