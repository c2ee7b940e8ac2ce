import type { Tensor } from '../../../framework/device/index.js';
import { float32, implementDevice } from '../../../framework/index.js';
import { judgeMean } from '../host/judge-mean.js';
import { judgeWidth, makeJudgeNetwork } from '../networks/judge-network.js';
import { judge } from '../plugin.js';

export const stage = implementDevice(judge, {
  build({ options, constant, inputs }) {
    const network = makeJudgeNetwork(constant);
    const masked = inputs.includes('mask');
    const centre = options.centre ? constant('mean', () => float32(judgeMean(masked), [1, judgeWidth])) : undefined;
    const others = inputs.filter((name) => !Object.hasOwn(judge.in, name));
    const describe = (image: Tensor, mask?: Tensor): Tensor => {
      const features = network.describe(mask ? image.mul(mask) : image);
      return centre ? features.sub(centre) : features;
    };
    return {
      run: (values) => ({
        features: describe(values.image, values.mask), ...Object.fromEntries(others.map((name) => [name, describe(values[name]!, values.mask)])),
      }),
    };
  },
});
