import { tf, type Tensor } from '../../../framework/device/index.js';
import { float32, FlowError, implementDevice } from '../../../framework/index.js';
import { robustified as contract } from '../contracts/faces.js';
import { attributeDistance } from '../maths/attribute.js';
import { identityDistance } from '../maths/identity.js';
import { weightedSum } from '../maths/weighted-sum.js';

export const stage = implementDevice(contract, {
  build: ({ options, stage: name, resource, constant, inputs }) => {
    const renders = inputs.filter((input) => input !== 'features');
    if (renders.length === 0) {
      throw new FlowError('FLOW_EDGE', { who: name, message: 'no render is connected', expected: 'inputs such as rotated: stage.features' });
    }
    const { identity, attributes } = resource('networks').statistics;
    const centre = options.centre ? constant('networks/identity/mean', () => float32(identity.mean, [identity.mean.length])) : undefined;
    const split = [identity.mean.length, attributes.mean.length];
    const spread = options.scale ? attributes.spread : 1;
    const share = options.reduce === 'mean' ? 1 / renders.length : 1;
    return {
      run: (values) => {
        const [code, described] = tf.split(values.features, split, 1) as [Tensor, Tensor];
        const terms = renders.flatMap((render) => {
          const [otherCode, otherDescribed] = tf.split(values[render]!, split, 1) as [Tensor, Tensor];
          return [identityDistance(code, otherCode, centre), attributeDistance(described, otherDescribed, spread)];
        });
        return { value: weightedSum(terms, terms.map((_, index) => share * (index % 2 === 0 ? options.identity : options.attribute))) };
      },
    };
  },
});
