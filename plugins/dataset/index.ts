/** What other plugins may use. */
export { builtInFaces, type BuiltInFace } from './host/built-in-faces.js';
export { decodePhoto, type DecodeOptions } from './host/decode-photo.js';
export { listPhotos } from './host/list-photos.js';
export type { FaceTruth, ListedPhoto } from './host/listed-photo.js';
export { selectPhotos, type Selection } from './host/select-photos.js';
