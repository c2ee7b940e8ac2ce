/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Least and largest, in milliseconds. */
export function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)} … ${Math.max(...values).toFixed(1)} ms`;
}
