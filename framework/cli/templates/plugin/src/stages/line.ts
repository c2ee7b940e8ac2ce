import { implementDevice, zeros } from 'faceflow';
import { tf } from 'faceflow/device';
import { line } from '../plugin.js';

export const stage = implementDevice(line, {
  build(context) {
    const slope = context.variable('slope', [], zeros);
    const offset = context.variable('offset', [], zeros);
    return { run: ({ x }) => ({ y: tf.add(tf.mul(slope, x), offset) }) };
  },
});
