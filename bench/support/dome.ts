/** A dome of `side` × `side` vertices that fills the view as a face does (two thirds of the pixels). */
export function dome(side: number): { vertices: Float32Array; triangles: Int32Array } {
  const vertices = new Float32Array(side * side * 3);
  const triangles: number[] = [];
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const [x, y] = [((j / (side - 1)) * 2 - 1) * 0.8, (1 - (i / (side - 1)) * 2) * 0.95];
      vertices.set([x, y, 0.8 - 0.5 * (x * x + y * y)], (i * side + j) * 3);
      if (i === side - 1 || j === side - 1) continue;
      const a = i * side + j;
      triangles.push(a, a + side, a + 1, a + 1, a + side, a + side + 1);
    }
  }
  return { vertices, triangles: Int32Array.from(triangles) };
}
