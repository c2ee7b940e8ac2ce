import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, FlowError, implementDevice } from '../../../framework/index.js';
import { meshLevels } from '../../gcn-refiner/index.js';
import { standardise } from '../maths/standardise.js';
import { graphDecoder } from '../networks/graph-decoder.js';
import { decode } from '../plugin.js';

const codes = ['identity', 'attributes'] as const;

export const stage = implementDevice(decode, {
  build: ({ options, stage: name, resource, inputs, constant, variable }) => {
    const connected = codes.filter((code) => inputs.includes(code));
    if (connected.length === 0) {
      throw new FlowError('FLOW_EDGE', { who: name, message: 'no features are connected', expected: 'an input "identity", "attributes", or both' });
    }
    const { triangles, meanShape } = resource('face');
    const { statistics } = resource('networks');
    const scales = connected.map((code) => {
      const { mean, deviation } = statistics[code];
      return {
        code,
        mean: constant(`networks/${code}/mean`, () => float32(mean, [mean.length])),
        deviation: constant(`networks/${code}/deviation`, () => float32(deviation, [deviation.length])),
      };
    });
    const features = connected.reduce((sum, code) => sum + statistics[code].mean.length, 0);
    const network = graphDecoder(variable, meshLevels({ positions: meanShape, triangles }, 4), { ...options, features });
    return {
      run: (values) => {
        const parts = scales.map(({ code, mean, deviation }) => standardise(values[code] as Tensor, mean, deviation));
        return { residual: network(tf.concat(parts, 1)) };
      },
    };
  },
});
