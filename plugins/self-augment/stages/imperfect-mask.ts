import { resizeByMatrices, stopGradient, tf } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { drawFinding } from '../host/draw-finding.js';
import { choose } from '../maths/choose.js';
import { erode } from '../maths/erode.js';
import { imperfectMask } from '../plugin.js';

export const stage = implementDevice(imperfectMask, {
  draw: (random, options) => ({
    finding: float32(drawFinding(random, options), [options.size, options.size, 1]),
    narrow: float32([random.uniform() < 0.5 ? 1 : 0], []),
  }),
  build: ({ options }) => ({
    run: ({ coverage, occluder }, { draws: { finding, narrow } }) => {
      const side = occluder.shape[1]!;
      const found = side === options.size ? finding : tf.step(tf.sub(resizeByMatrices(finding, side, side), 0.5));
      const seen = tf.mul(found, options.margin > 0 ? choose(narrow, erode(occluder, options.margin), occluder) : occluder);
      return { mask: stopGradient(tf.mul(coverage, tf.sub(1, seen))) };
    },
  }),
});
