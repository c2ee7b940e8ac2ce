import { float32, implementDevice } from '../../../framework/index.js';
import { judgeMean } from '../host/judge-mean.js';
import { judgeWidth, makeJudgeNetwork } from '../networks/judge-network.js';
import { judge } from '../plugin.js';

export const stage = implementDevice(judge, {
  build({ options, constant, inputs }) {
    const network = makeJudgeNetwork(constant);
    const masked = inputs.includes('mask');
    const centre = options.centre ? constant('mean', () => float32(judgeMean(masked), [1, judgeWidth])) : undefined;
    return {
      run({ image, mask }) {
        const features = network.describe(mask ? image.mul(mask) : image);
        return { features: centre ? features.sub(centre) : features };
      },
    };
  },
});
