import { FlowError, implementSource, uint8 } from '../../../framework/index.js';
import { decodePhoto } from '../host/decode-photo.js';
import { listFaces } from '../host/list-faces.js';
import { listPhotos, type ListedPhoto } from '../host/list-photos.js';
import { regionAround } from '../host/region-around.js';
import { selectPhotos } from '../host/select-photos.js';
import { faces } from '../plugin.js';

export const stage = implementSource(faces, {
  async open({ options, log }) {
    const photos = selectPhotos(await listPhotos(options.photos), options);
    const listed = options.faces === 'all' ? await listFaces(photos, options.maxMegapixels, log) : photos;
    const samples = options.limit > 0 ? listed.slice(0, options.limit) : listed;
    if (samples.length === 0) throw nothingLeft(options.photos, options.split);
    return {
      length: samples.length,
      key: (index) => samples[index].name,
      read: async (index) => readSample(samples[index], options.maxMegapixels),
    };
  },
});

async function readSample({ name, file, box, set = '' }: ListedPhoto, maxMegapixels: number) {
  if (!box) {
    const photo = await decodePhoto(file, { maxMegapixels });
    return { photo: uint8(photo.data, [photo.height, photo.width, 3]), face: null, name, set };
  }
  const region = await regionAround(file, box);
  const photo = await decodePhoto(file, { region, maxMegapixels });
  const [left, top, width, height] = box;
  return {
    photo: uint8(photo.data, [photo.height, photo.width, 3]),
    face: { box: [left - region[0], top - region[1], width, height] as const },
    name,
    set,
  };
}

function nothingLeft(photos: string, split: string): FlowError {
  return new FlowError('FLOW_FILE_MISSING', {
    message: `No sample is left of ${photos}.`,
    got: `split "${split}"`,
    cure: 'choose another `split`, another `testShare`, or more photos',
  });
}
