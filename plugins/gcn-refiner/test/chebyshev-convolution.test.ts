import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tf, type Tensor } from '../../../framework/device/index.js';
import { checkGradient, close, normalTensor, onEngines, testOperator, toTensor } from '../../../framework/testing/index.js';
import { float32, sizeOf, type HostTensor } from '../../../framework/index.js';
import { meshLaplacian } from '../host/mesh-laplacian.js';
import { chebyshevConvolution } from '../maths/chebyshev-convolution.js';
import { heightField } from './height-field.js';

const strip = Int32Array.from([0, 1, 2, 1, 3, 2, 2, 3, 4, 3, 5, 4, 4, 5, 6]);
const laplacian = meshLaplacian(7, strip);

const wave = (...shape: number[]): HostTensor => float32(Float32Array.from({ length: sizeOf(shape) }, (_, index) => Math.sin(1 + index)), shape);

/*
 * numpy 2.4.6, scipy 1.17.1:
 *   tri = np.array([[0,1,2],[1,3,2],[2,3,4],[3,5,4],[4,5,6]]); n = 7; a = sp.lil_matrix((n, n))
 *   for t in tri:
 *       for i, j in ((0, 1), (1, 2), (2, 0)): a[t[i], t[j]] = a[t[j], t[i]] = 1
 *   d = sp.diags(1 / np.sqrt(np.asarray(a.sum(1)).ravel())); lap = -(d @ a.tocsr() @ d)
 *   def conv(x, w):
 *       t = [x, lap @ x]
 *       while len(t) < w.shape[0]: t.append(2 * lap @ t[-1] - t[-2])
 *       return sum(t[k] @ w[k] for k in range(w.shape[0]))
 *   def wave(*shape): return np.sin(1 + np.arange(np.prod(shape))).reshape(shape)
 *   conv(wave(n, 2), wave(4, 2, 3)).ravel(); conv(wave(n, 3), wave(4, 3, 2)).ravel()
 */
const widening = [
  -0.09029753, -0.00554435, 0.08430628, 0.68051306, 0.21021545, -0.45335328, -0.53400149, 0.21434999, 0.76562907, -0.35293498, -0.28147897,
  0.04876751, 0.80781492, -0.04214353, -0.8533554, -0.18961926, 0.22802251, 0.43602144, -0.50353349, -0.41832565, 0.05148886,
];
const narrowing = [
  0.06207225, -0.44376338, 0.31476418, 0.84166999, -0.32728658, -0.28101999, 0.3223251, 0.17088093, -0.49155881, -0.26373221, 0.4481138,
  -0.11025455, -0.5080389, -0.15636935,
];

const apply = (x: HostTensor, weights: HostTensor): Tensor =>
  chebyshevConvolution(laplacian, toTensor(x), toTensor(weights));

testOperator('chebyshevConvolution', {
  runs: () => tf.tidy(() => void apply(wave(1, 7, 2), wave(6, 2, 3))),
  shapes: () =>
    tf.tidy(() => {
      assert.equal(apply(wave(3, 7, 2), wave(6, 2, 5)).shape, [3, 7, 5]);
      assert.equal(apply(wave(3, 7, 5), wave(1, 5, 2)).shape, [3, 7, 2]);
      assert.equal(apply(wave(2, 7, 5), wave(2, 5, 1)).shape, [2, 7, 1]);
    }),
  refuses: () =>
    tf.tidy(() => {
      assert.throws(() => apply(wave(1, 6, 2), wave(4, 2, 3)), /x \[B, 7, F\]/);
      assert.throws(() => apply(wave(1, 7, 2), wave(4, 3, 3)), /got \[1, 7, 2\] and \[4, 3, 3\]/);
    }),
  values: () =>
    tf.tidy(() => {
      close(apply(wave(1, 7, 2), wave(4, 2, 3)), widening);
      close(apply(wave(1, 7, 3), wave(4, 3, 2)), narrowing);
      const alone = apply(wave(1, 7, 3), wave(1, 3, 2));
      close(tf.reshape(alone, [7, 2]), tf.matMul(toTensor(wave(7, 3)), toTensor(wave(3, 2))));
      const order = [3, 6, 0, 5, 2, 1, 4];
      const moved = meshLaplacian(7, strip.map((vertex) => order.indexOf(vertex)));
      const [x, weights] = [toTensor(wave(1, 7, 4)), toTensor(wave(6, 4, 3))];
      const permuted = chebyshevConvolution(moved, tf.gather(x, order, 1), weights);
      close(permuted, tf.gather(chebyshevConvolution(laplacian, x, weights), order, 1));
    }),
  gradient: async () => {
    for (const [from, to] of [[2, 5], [5, 2], [3, 3]] as const) {
      await checkGradient((x, weights) => chebyshevConvolution(laplacian, x, weights), [[2, 7, from], [6, from, to]]);
    }
  },
  batch: () =>
    tf.tidy(() => {
      const [x, weights] = [toTensor(normalTensor([3, 7, 5])), toTensor(normalTensor([6, 5, 2]))];
      const together = chebyshevConvolution(laplacian, x, weights);
      const alone = tf.split(x, 3).map((sample) => chebyshevConvolution(laplacian, sample, weights));
      close(together, tf.concat(alone, 0));
    }),
});

const test = suite('chebyshevConvolution: a large basis');
onEngines(test, ['wasm'])('is made anew in the backward pass, with the same gradients, and takes less memory', () => {
  const [batch, from, to, terms] = [40, 24, 24, 6];
  const { positions, triangles } = heightField(25, 20, (x, y) => x * y);
  const graph = meshLaplacian(positions.length / 3, triangles);
  tf.tidy(() => {
    const x = toTensor(normalTensor([batch, 500, from], 'x'));
    const weights = toTensor(normalTensor([terms, from, to], 'w'));
    const convolve = (input: Tensor, kernel: Tensor): Tensor => tf.sum(tf.square(chebyshevConvolution(graph, input, kernel)));
    const [whole, wholeWeights] = tf.grads(convolve)([x, weights]) as [Tensor, Tensor];
    // One sample has a basis that is small enough to be kept.
    const singles = tf.split(x, batch).map((sample) => tf.grads(convolve)([sample, weights]) as [Tensor, Tensor]);
    close(whole, tf.concat(singles.map(([dx]) => dx), 0), { rtol: 1e-4 });
    close(wholeWeights, tf.addN(singles.map(([, dw]) => dw)), { rtol: 1e-3, atol: 0.5 });
    const held = (): number => {
      const variable = tf.variable(weights);
      const before = tf.memory().numBytes;
      let after = 0;
      tf.variableGrads(() => {
        const y = chebyshevConvolution(graph, x, variable);
        after = tf.memory().numBytes;
        return tf.sum(y).asScalar();
      }, [variable]);
      variable.dispose();
      return after - before;
    };
    const output = 4 * batch * 500 * to;
    assert.ok(held() < 3 * output, 'the basis, six times the output, is kept');
  });
});
test.run();
