import { defineKernel, matMulShared, tf, type KernelFunction, type Tensor } from '../../../framework/device/index.js';
import { transposedProduct } from '../host/transposed-product.js';

/** Threads of a GPU that sum a part of the vertices each. */
const parts = 64;

/** [B, N, F] → [B · N, F]. */
const byVertex = (x: Tensor): tf.Tensor2D => tf.reshape(x, [-1, x.shape[2]!]);

const weightGradientKernel: KernelFunction<object> = defineKernel<object>({
  name: 'gcn-refiner/vertex-linear-weight-gradient',
  inputs: ['x', 'dy'],
  outputs: ([x, dy]) => [{ shape: [x!.shape[2]!, dy!.shape[2]!], dtype: 'float32' }],
  compute: ([x, dy], [dw]) =>
    transposedProduct(x!.data as Float32Array, dy!.data as Float32Array, dw!.data as Float32Array, x!.shape[2]!, dy!.shape[2]!),
  tensorflow: ([x, dy]) => [tf.matMul(byVertex(x!), byVertex(dy!), true)],
  wgsl: ({ inputs: [x, dy] }) => {
    const [batch, vertices, rows] = x!.shape as [number, number, number];
    const columns = dy!.shape[2]!;
    return {
      results: ['dw'],
      integers: { rowCount: rows, columnCount: columns, vertexCount: batch * vertices },
      scratch: { sums: { type: 'f32', size: parts * rows * columns } },
      passes: [
        {
          count: parts * rows * columns,
          code: `fn run(index: i32) {
            let column = index % u.columnCount;
            let row = (index / u.columnCount) % u.rowCount;
            var sum = 0.0;
            for (var vertex = index / (u.columnCount * u.rowCount); vertex < u.vertexCount; vertex += ${parts}) {
              sum += x[vertex * u.rowCount + row] * dy[vertex * u.columnCount + column];
            }
            sums[index] = sum;
          }`,
        },
        {
          count: rows * columns,
          code: `fn run(index: i32) {
            var sum = 0.0;
            for (var part = 0; part < ${parts}; part++) { sum += sums[part * u.rowCount * u.columnCount + index]; }
            dw[index] = sum;
          }`,
        },
      ],
    };
  },
});

/** Σ_b x[b]ᵀ dy[b]: what W of `vertexLinear` gets. x [B, N, F], dy [B, N, M] → [F, M]. */
export function weightGradient(x: Tensor, dy: Tensor): Tensor {
  return weightGradientKernel([x, dy], {})[0]!;
}

/**
 * y[b] = x[b] W: one matrix for every vertex of every sample, as `matMulShared`, with a gradient of W made for many vertices.
 *
 * @param x float32 [B, N, F].
 * @param weights float32 [F, M].
 * @returns float32 [B, N, M].
 * @throws RangeError when the shapes do not fit.
 */
export function vertexLinear(x: Tensor, weights: Tensor): Tensor {
  return tf.customGrad((left, right, save) => {
    const [input, matrix] = [left as Tensor, right as Tensor];
    (save as (tensors: Tensor[]) => void)([input, matrix]);
    return {
      value: matMulShared(input, matrix),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [keptInput, keptMatrix] = saved as [Tensor, Tensor];
        return [matMulShared(dy, tf.transpose(keptMatrix)), weightGradient(keptInput, dy)];
      },
    };
  })(x, weights);
}
