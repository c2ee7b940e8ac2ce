/**
 * Matrix products. Two repairs: the gradient of a product whose batch axes were broadcast (TensorFlow.js forgets to sum
 * over them), and, on wasm, products with a transposed or batched operand, which leave XNNPACK for a scalar loop that is
 * some forty times slower: operands are transposed first and batches are multiplied one by one.
 */
import { tf, type Tensor } from '../tf.js';
import { replaceGradient, replaceKernel } from './registry.js';
import { asTensor, kernelOf } from './stock-kernels.js';
import { sumTo } from './sum-to.js';

export function registerMatMulGradient(): void {
  replaceGradient({
    kernel: 'BatchMatMul',
    saves: ['a', 'b'],
    gradient: (dy, [a, b], { transposeA, transposeB }) => ({
      a: () => sumTo(transposeA ? tf.matMul(b!, dy, transposeB as boolean, true) : tf.matMul(dy, b!, false, !transposeB), a!.shape),
      b: () => sumTo(transposeB ? tf.matMul(dy, a!, true, transposeA as boolean) : tf.matMul(a!, dy, !transposeA, false), b!.shape),
    }),
  });
}

/** Wasm: everything becomes plain products of two matrices. */
export function registerWasmMatMul(): void {
  const stock = kernelOf('BatchMatMul', 'wasm');
  replaceKernel('BatchMatMul', 'wasm', ({ inputs, attributes, backend }) =>
    tf.tidy(() => {
      const [a, b] = [asTensor(inputs['a']!), asTensor(inputs['b']!)];
      const [transposeA, transposeB] = [attributes['transposeA'] === true, attributes['transposeB'] === true];
      const plain = (left: Tensor, right: Tensor): Tensor =>
        asTensor(stock({ inputs: { a: left, b: right }, attrs: { transposeA: false, transposeB: false }, backend }));
      if (cheaperTurned(a, b, transposeA, transposeB)) {
        // a bᵀ = (b aᵀ)ᵀ and aᵀ b = (bᵀ a)ᵀ: the large operand stays as it is.
        return transposedIf(multiply(transposedIf(b, !transposeB), transposedIf(a, !transposeA), plain), true);
      }
      return multiply(transposedIf(a, transposeA), transposedIf(b, transposeB), plain);
    }),
  );
}

/** Whether turning the other operand and the result moves less memory than turning the one that is marked. */
function cheaperTurned(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): boolean {
  if (a.rank !== 2 || b.rank !== 2 || transposeA === transposeB) return false;
  const [marked, other] = transposeA ? [a, b] : [b, a];
  const result = transposeA ? a.shape[1]! * b.shape[1]! : a.shape[0]! * b.shape[0]!;
  return other.size + result < marked.size;
}

function transposedIf(x: Tensor, transposed: boolean): Tensor {
  if (!transposed) return x;
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function multiply(a: Tensor, b: Tensor, plain: (left: Tensor, right: Tensor) => Tensor): Tensor {
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape[b.rank - 1]!;
  if (b.shape[b.rank - 2] !== inner) {
    throw new RangeError(`matMul: inner shapes of [${a.shape.join(', ')}] and [${b.shape.join(', ')}] must match`);
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const [countA, countB] = [tf.util.sizeFromShape(batchA), tf.util.sizeFromShape(batchB)];
  const shape = [...batch, rows, columns];
  // One matrix on the right serves all rows of all batches at once.
  if (countB === 1) return plain(a.reshape([countA * rows, inner]), b.reshape([inner, columns])).reshape(shape);
  if (countA > 1 && countA !== countB) {
    throw new RangeError(`matMul cannot broadcast batches [${batchA.join(', ')}] and [${batchB.join(', ')}]: reshape one operand first`);
  }
  const left = a.reshape([countA, rows, inner]);
  const right = b.reshape([countB, inner, columns]);
  const products: Tensor[] = [];
  for (let index = 0; index < countB; index++) {
    const from = countA === 1 ? left : left.slice([index, 0, 0], [1, rows, inner]);
    products.push(plain(from.reshape([rows, inner]), right.slice([index, 0, 0], [1, inner, columns]).reshape([inner, columns])));
  }
  return tf.stack(products).reshape(shape);
}
