import { implementDevice } from '../../../framework/index.js';
import { fuseAlbedo } from '../maths/fuse-albedo.js';
import { fuse } from '../plugin.js';

export const stage = implementDevice(fuse, {
  build: ({ options }) => ({
    run: ({ albedo, mesh, features }) => ({
      albedo: fuseAlbedo(albedo, [mesh, features].filter((output) => output !== undefined), options.mode),
    }),
  }),
});
