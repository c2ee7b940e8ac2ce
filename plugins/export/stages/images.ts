import { implementSink, writeFileAtomic, type HostTensor } from '../../../framework/index.js';
import { fileNameOf, pathStem } from '../host/file-name.js';
import { enlarged, pictureOf } from '../host/picture.js';
import { writePng } from '../host/png.js';
import { drawSheet } from '../host/sheet.js';
import { images } from '../plugin.js';

export const stage = implementSink(images, {
  create: async ({ options, folder }) => ({
    write: async (inputs, call) => {
      const stem = pathStem(folder, call);
      const named = Object.entries(inputs as Readonly<Record<string, HostTensor>>);
      const pictures = named.map(([, image]) => pictureOf(image));
      if (options.single) {
        for (const [index, [name]] of named.entries()) writeFileAtomic(`${stem}-${fileNameOf(name)}.png`, await writePng(pictures[index]!));
      }
      if (options.strip) {
        const row = { label: call.key, pictures: pictures.map((picture) => enlarged(picture, options.scale)) };
        writeFileAtomic(`${stem}.png`, await writePng(drawSheet(named.map(([name]) => name), [row])));
      }
    },
  }),
});
