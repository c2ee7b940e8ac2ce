/** 1 at the pixel centres inside a polygon, else 0: [size · size], row by row; corners in continuous pixels, y down (even-odd rule). */
export function insidePolygon(corners: readonly (readonly number[])[], size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, pixel) => {
    const [x, y] = [(pixel % size) + 0.5, Math.floor(pixel / size) + 0.5];
    let inside = false;
    corners.forEach(([x1, y1], index) => {
      const [x2, y2] = corners[(index + 1) % corners.length]!;
      if (y1! > y !== y2! > y && x < x1! + ((y - y1!) / (y2! - y1!)) * (x2! - x1!)) inside = !inside;
    });
    return inside ? 1 : 0;
  });
}
