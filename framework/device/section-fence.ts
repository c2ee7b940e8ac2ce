/** Whether a device section is running: there, an engine that cannot read back at once must not be made to wait. */
let depth = 0;

export function insideSection<T>(body: () => T): T {
  depth++;
  try {
    return body();
  } finally {
    depth--;
  }
}

export function isInsideSection(): boolean {
  return depth > 0;
}
