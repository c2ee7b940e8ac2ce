import { tf } from '../../../framework/device/index.js';
import { implementDevice } from '../../../framework/index.js';
import { embedder } from '../networks/embedder.js';
import { embed } from '../plugin.js';

export const stage = implementDevice(embed, {
  build: ({ options, resource, constant }) => {
    const describe = embedder((name, make) => constant(`networks/${name}`, make), resource('networks'), options);
    return {
      run: ({ image, mask }) => {
        const { identity, attributes } = describe(image, mask);
        return { identity, attributes, features: tf.concat([identity, attributes], 1) };
      },
    };
  },
});
