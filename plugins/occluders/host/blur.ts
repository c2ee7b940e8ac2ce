/** Mean over (2 radius + 1)² pixels of a square picture, in two passes that each turn it over its diagonal; zero beyond its border. */
export function blur(picture: Float32Array, size: number, radius: number): Float32Array {
  const pass = (source: Float32Array): Float32Array => {
    const turned = new Float32Array(source.length);
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let column = -radius; column < size; column++) {
        if (column + radius < size) sum += source[row * size + column + radius];
        if (column - radius - 1 >= 0) sum -= source[row * size + column - radius - 1];
        if (column >= 0) turned[column * size + row] = sum / (2 * radius + 1);
      }
    }
    return turned;
  };
  return pass(pass(picture));
}
