import { FlowError, implementSource, uint8 } from '../../../framework/index.js';
import { decodeBytes } from '../host/decode-photo.js';
import { fingerprintOf } from '../host/fingerprint.js';
import { listFaces } from '../host/list-faces.js';
import { listPhotos } from '../host/list-photos.js';
import type { ListedPhoto } from '../host/listed-photo.js';
import { boxOf, movedTruth, placeOf, readPhotoBytes, readTruth } from '../host/read-photo.js';
import { regionAround } from '../host/region-around.js';
import { selectPhotos } from '../host/select-photos.js';
import { faces } from '../plugin.js';

export const stage = implementSource(faces, {
  async open({ options, log, remembered }) {
    const photos = selectPhotos(await listPhotos(options.photos), options);
    const listed = options.faces === 'all' ? await listFaces(photos, { ...options, log, remembered }) : photos;
    const samples = options.limit > 0 ? listed.slice(0, options.limit) : listed;
    if (samples.length === 0) throw nothingLeft(options.photos, options.split);
    return {
      length: samples.length,
      key: (index) => samples[index].name,
      read: async (index) => readSample(samples[index], options.maxMegapixels),
      glance: async (index) => ({
        fingerprint: await fingerprintOf(samples[index], options.maxMegapixels),
        read: () => readSample(samples[index], options.maxMegapixels),
      }),
    };
  },
});

async function readSample(photo: ListedPhoto, maxMegapixels: number) {
  const { name, box, identity, set = '' } = photo;
  const bytes = await readPhotoBytes(photo);
  const said = await readTruth(photo);
  const region = box && (await regionAround(bytes, box));
  const { data, width, height } = await decodeBytes(bytes, placeOf(photo), { region, maxMegapixels });
  const [left, top] = region ?? [0, 0];
  const truth = said && movedTruth(said, [left, top]);
  const around = box ? [box[0] - left, box[1] - top, box[2], box[3]] as const : truth?.landmarks68 && boxOf(truth.landmarks68);
  return { photo: uint8(data, [height, width, 3]), face: around ? { box: around } : null, name, identity, set, truth };
}

function nothingLeft(photos: string, split: string): FlowError {
  return new FlowError('FLOW_FILE_MISSING', {
    message: `No sample is left of ${photos}.`,
    got: `split "${split}"`,
    cure: 'choose another `split`, another `testShare`, or more photos',
  });
}
