/**
 * Sums over the pixels of a triangle, in a fixed order and without additions that race: first every pixel widens the rectangle of its
 * triangle (integers, so any order gives the same), then each corner runs through the rectangle and takes the pixels that are its own.
 */
import type { WgslPass, WgslProgram } from '../../../../framework/device/index.js';

/** Room for the rectangles; expects `triangleCount`, `width` and `height` among the integers. */
export function footprintScratch(batch: number, triangleCount: number): NonNullable<WgslProgram['scratch']> {
  return { rectangles: { type: 'atomic<i32>', size: batch * triangleCount * 4 } };
}

/** Distances from the far borders to the first and from the near borders to the last row and column, so that zero means empty. */
export function footprintPass(batch: number, height: number, width: number): WgslPass {
  return {
    count: batch * height * width,
    code: `fn run(pixel: i32) {
      let triangle = ids[pixel];
      if (triangle < 0) { return; }
      let column = pixel % u.width;
      let row = (pixel / u.width) % u.height;
      let at = ((pixel / (u.width * u.height)) * u.triangleCount + triangle) * 4;
      atomicMax(&rectangles[at], u.width - column);
      atomicMax(&rectangles[at + 1], u.height - row);
      atomicMax(&rectangles[at + 2], column + 1);
      atomicMax(&rectangles[at + 3], row + 1);
    }`,
  };
}

/** Runs `body`, which may use `pixel`, for every pixel of `triangle` in `image`. */
export function forEachPixel(body: string): string {
  return `
    let rectangle = (image * u.triangleCount + triangle) * 4;
    let left = u.width - atomicLoad(&rectangles[rectangle]);
    let top = u.height - atomicLoad(&rectangles[rectangle + 1]);
    let right = atomicLoad(&rectangles[rectangle + 2]);
    let bottom = atomicLoad(&rectangles[rectangle + 3]);
    for (var row = top; row < bottom; row++) {
      for (var column = left; column < right; column++) {
        let pixel = (image * u.height + row) * u.width + column;
        if (ids[pixel] == triangle) { ${body} }
      }
    }`;
}
