import { implementDevice } from '../../../framework/index.js';
import { attribute as contract } from '../contracts/faces.js';
import { attributeDistance } from '../maths/attribute.js';

export const stage = implementDevice(contract, {
  build: ({ options, resource }) => {
    const spread = options.scale ? resource('networks').statistics.attributes.spread : 1;
    return { run: ({ attributes, render }) => ({ value: attributeDistance(attributes, render, spread) }) };
  },
});
