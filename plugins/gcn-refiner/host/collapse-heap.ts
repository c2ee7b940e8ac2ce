/** Binary heap of edges that may be collapsed: least cost first, ties by vertex indices, so the order is always the same. */
export class CollapseHeap {
  private costs = new Float64Array(1024);
  /** Both ends and the stamp of each edge; the stamp tells whether its cost is still right. */
  private edges = new Int32Array(3 * 1024);
  private size = 0;

  /** Of the edge that `pop` took out last. */
  first = -1;
  second = -1;
  stamp = -1;

  push(cost: number, first: number, second: number, stamp: number): void {
    if (this.size === this.costs.length) this.grow();
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.isBefore(cost, first, second, parent)) break;
      this.copy(parent, place);
      place = parent;
    }
    this.put(place, cost, first, second, stamp);
  }

  /** Takes the cheapest edge out; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false;
    [this.first, this.second, this.stamp] = [this.edges[0]!, this.edges[1]!, this.edges[2]!];
    const last = --this.size;
    const cost = this.costs[last]!;
    const [first, second, stamp] = [this.edges[3 * last]!, this.edges[3 * last + 1]!, this.edges[3 * last + 2]!];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(this.costs[child + 1]!, this.edges[3 * child + 3]!, this.edges[3 * child + 4]!, child)) child++;
      if (this.isBefore(cost, first, second, child)) break;
      this.copy(child, place);
      place = child;
    }
    this.put(place, cost, first, second, stamp);
    return true;
  }

  private isBefore(cost: number, first: number, second: number, place: number): boolean {
    const other = this.costs[place]!;
    if (cost !== other) return cost < other;
    const otherFirst = this.edges[3 * place]!;
    return first !== otherFirst ? first < otherFirst : second < this.edges[3 * place + 1]!;
  }

  private copy(from: number, to: number): void {
    this.costs[to] = this.costs[from]!;
    this.edges.copyWithin(3 * to, 3 * from, 3 * from + 3);
  }

  private put(place: number, cost: number, first: number, second: number, stamp: number): void {
    this.costs[place] = cost;
    this.edges[3 * place] = first;
    this.edges[3 * place + 1] = second;
    this.edges[3 * place + 2] = stamp;
  }

  private grow(): void {
    const [costs, edges] = [this.costs, this.edges];
    this.costs = new Float64Array(2 * costs.length);
    this.costs.set(costs);
    this.edges = new Int32Array(2 * edges.length);
    this.edges.set(edges);
  }
}
