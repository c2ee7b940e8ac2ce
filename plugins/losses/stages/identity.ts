import { float32, implementDevice } from '../../../framework/index.js';
import { identity as contract } from '../contracts/faces.js';
import { identityDistance } from '../maths/identity.js';

export const stage = implementDevice(contract, {
  build: ({ options, resource, constant }) => {
    const { mean } = resource('networks').statistics.identity;
    const centre = options.centre ? constant('networks/identity/mean', () => float32(mean, [mean.length])) : undefined;
    return { run: ({ identity, render }) => ({ value: identityDistance(identity, render, centre) }) };
  },
});
