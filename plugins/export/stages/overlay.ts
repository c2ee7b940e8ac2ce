import { implementSink, SampleError, writeFileAtomic } from '../../../framework/index.js';
import { layerOf, overCrop, overPhoto } from '../host/composite.js';
import { pathStem } from '../host/file-name.js';
import { pictureOf } from '../host/picture.js';
import { writePng } from '../host/png.js';
import { overlay } from '../plugin.js';

export const stage = implementSink(overlay, {
  create: async ({ options, folder, stage: name }) => ({
    write: async ({ image, render, coverage, photo, transform }, call) => {
      if ((photo === undefined) !== (transform === undefined)) {
        throw new SampleError('Without both "photo" and "transform" the render cannot be laid over the photo.', {
          cure: `Connect both inputs of "${name}", or neither.`,
        });
      }
      const stem = pathStem(folder, call);
      const layer = layerOf(render, coverage, options.opacity);
      writeFileAtomic(`${stem}-crop.png`, await writePng(overCrop(image, layer)));
      if (photo && transform) writeFileAtomic(`${stem}-photo.png`, await writePng(overPhoto(pictureOf(photo), layer, transform.data)));
    },
  }),
});
