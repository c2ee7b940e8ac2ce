/** Gradients of operators that move values about: missing or wrong in TensorFlow.js 4.22. */
import { tf, type Tensor } from '../tf.js';
import { defineKernel } from '../define-kernel.js';
import { replaceGradient } from './registry.js';

interface StridedLayout {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  /** Shape of the slice before axes of extent 1 are dropped. */
  readonly sliced: readonly number[];
  readonly shape: readonly number[];
}

/** The adjoint of a strided slice: writes dy where the slice read, zero elsewhere. */
const stridedScatter = defineKernel<StridedLayout>({
  name: 'device/strided-scatter',
  inputs: ['dy'],
  outputs: (_inputs, { shape }) => [{ shape, dtype: 'float32' }],
  compute: ([dy], [result], { begin, strides, sliced, shape }) => {
    const steps = tf.util.computeStrides([...shape, 1]);
    const position = new Array<number>(shape.length).fill(0);
    for (let read = 0; read < dy!.data.length; read++) {
      let write = 0;
      for (let axis = 0; axis < shape.length; axis++) write += (begin[axis]! + position[axis]! * strides[axis]!) * steps[axis]!;
      result!.data[write] = dy!.data[read]!;
      for (let axis = shape.length - 1; axis >= 0 && ++position[axis]! === sliced[axis]!; axis--) position[axis] = 0;
    }
  },
  wgsl: ({ attributes: { begin, strides, sliced, shape } }) => ({
    results: ['result'],
    passes: [{
      count: tf.util.sizeFromShape([...shape]),
      code: `fn run(index: i32) {
        var rest = index;
        var read = 0;
        var step = 1;
        var inside = true;
        ${shape.map((extent, axis) => `
        {
          let position = rest % ${extent} - (${begin[axis]!});
          let place = position / (${strides[axis]!});
          inside = inside && place * (${strides[axis]!}) == position && place >= 0 && place < ${sliced[axis]!};
          read += place * step;
          step *= ${sliced[axis]!};
          rest /= ${extent};
        }`).reverse().join('')}
        if (inside) { result[index] = dy[read]; } else { result[index] = 0.0; }
      }`,
    }],
  }),
});

export function registerShapeGradients(): void {
  replaceGradient({
    kernel: 'StridedSlice',
    saves: ['x'],
    gradient: (dy, [x], attributes) => ({ x: () => stridedScatter([dy], stridedLayout(x!, attributes))[0]! }),
  });
  // Stock makes its ones in JavaScript and copies them to the device.
  replaceGradient({
    kernel: 'Sum',
    saves: ['x'],
    gradient: (dy, [x], { axis }) => ({
      x: () => {
        const axes = tf.util.parseAxisParam(axis as number[], x!.shape);
        return dy.reshape(x!.shape.map((extent, index) => (axes.includes(index) ? 1 : extent))).mul(tf.fill(x!.shape, 1));
      },
    }),
  });
  replaceGradient({
    kernel: 'Cumsum',
    gradient: (dy, _saved, { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
    }),
  });
}

function stridedLayout(x: Tensor, attributes: Readonly<Record<string, unknown>>): StridedLayout {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes as Record<string, never>;
  const info = tf.slice_util.sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
  return {
    begin: info.begin,
    strides: info.strides,
    sliced: tf.slice_util.computeOutShape(info.begin, info.end, info.strides),
    shape: x.shape,
  };
}
